#pragma once

#include "cepheid/result.hpp"

namespace cepheid::runtime {

/// A node of a job's graph. Each relation has one output batch, made before the operators and living as long as they; a
/// pass calls each operator once, in an order in which what is read is complete.
///
/// Rows and their text live as long as they are in the batches; those of one pass may be put by, and come back when
/// later ones have been read. So an operator's own text goes to the arena of its output batch; what it must keep longer
/// it copies.
class Operator {
 public:
  virtual ~Operator() = default;
  /// Reads the batches of its inputs and fills its output's.
  virtual Result<void> process() = 0;
};

}    // namespace cepheid::runtime
