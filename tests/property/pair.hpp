#pragma once

#include <vector>

#include "reference/model.hpp"

namespace cepheid::property {

/// A pattern and a stream of events, in the order of arrival.
struct Pair {
  reference::Pattern pattern;
  std::vector<reference::Event> events;
};

}    // namespace cepheid::property
