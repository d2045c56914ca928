#include "reference/model.hpp"

namespace cepheid::reference {

Shape shape_of(const Element& element) {
  using Kind = Modifier::Kind;
  Shape shape;
  shape.to = 1;
  for (const Modifier& modifier : element.modifiers) {
    switch (modifier.kind) {
      case Kind::where: shape.where.push_back(modifier.condition); break;
      case Kind::until: shape.until = modifier.condition; break;
      case Kind::optional: shape.optional = true; break;
      case Kind::greedy: shape.greedy = true; break;
      case Kind::consecutive: shape.inner = Shape::Inner::consecutive; break;
      case Kind::allow_combinations: shape.inner = Shape::Inner::allow_combinations; break;
      case Kind::within_of_previous: shape.of_previous = modifier.duration; break;
      case Kind::within_of: shape.bounds.push_back({modifier.step, modifier.duration}); break;
      case Kind::one_or_more:
      case Kind::zero_or_more:
        shape.counted = true;
        shape.to.reset();
        if (modifier.kind == Kind::zero_or_more) shape.optional = true;
        break;
      case Kind::times:
        shape.counted = true;
        shape.from = modifier.from == 0 ? 1 : modifier.from;
        shape.to = modifier.to.value_or(modifier.from);
        if (modifier.from == 0) shape.optional = true;
        break;
      case Kind::times_or_more:
        shape.counted = true;
        shape.from = modifier.from;
        shape.to.reset();
        break;
    }
  }
  return shape;
}

}    // namespace cepheid::reference
