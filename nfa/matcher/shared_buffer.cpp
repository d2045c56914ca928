#include "nfa/matcher/shared_buffer.hpp"

namespace cepheid::nfa {

Node* SharedBuffer::make() {
  ++live_;
  if (free_.empty()) {
    if (used_ == kBlock) {
      blocks_.push_back(std::make_unique<Node[]>(kBlock));
      used_ = 0;
    }
    return &blocks_.back()[used_++];
  }
  Node* node = free_.back();
  free_.pop_back();
  return node;
}

Node* SharedBuffer::extend(Node* previous, StepId step, CurrentEvent& event) {
  Node& below = previous == nullptr ? root_ : *previous;
  if (below.child_place != event.place) {
    below.child_place = event.place;
    below.child = nullptr;
  }
  for (Node* child = below.child; child != nullptr; child = child->sibling) {
    if (child->step == step) {
      ++child->references;
      return child;
    }
  }
  Node* node = make();
  *node = {.previous = previous,
           .event = events_.hold(event),
           .references = 1,
           .step = step,
           .start_ms = previous == nullptr ? event.time_ms : previous->start_ms,
           .start = previous == nullptr ? event.place : previous->start,
           .sibling = below.child};
  below.child = node;
  if (previous != nullptr) ++previous->references;
  return node;
}

Node* SharedBuffer::restore(const Node& node) {
  Node* restored = make();
  *restored = node;
  return restored;
}

void SharedBuffer::free_path(Node* last) {
  for (Node* node = last; node != nullptr;) {
    events_.release(node->event);
    // A freed node must not be found among the children of the node below, where this same event could ask for it.
    Node* const previous = node->previous;
    Node& below = previous == nullptr ? root_ : *previous;
    for (Node** link = &below.child; *link != nullptr; link = &(*link)->sibling) {
      if (*link == node) {
        *link = node->sibling;
        break;
      }
    }
    free_.push_back(node);
    --live_;
    node = previous != nullptr && --previous->references == 0 ? previous : nullptr;
  }
}

}    // namespace cepheid::nfa
