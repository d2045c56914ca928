#pragma once

#include <filesystem>
#include <string>

#include "alerts/dispatcher.hpp"
#include "patterns/plan/plan.hpp"

namespace cepheid::runtime {

/// Has the plan alerts, of rows or of metrics, that go to a channel?
[[nodiscard]] bool has_channels(const patterns::Plan& plan);

/// What a plan says of channels and alerts, for a dispatcher that keeps its files in `state_folder`. Rows that
/// `dedupe` holds back never come to it (AlertOperator). `base_folder`: what relative paths of files are relative to.
/// Fails where a setting's value is none of those that there are.
[[nodiscard]] Result<alerts::DispatcherConfig> dispatcher_config(const patterns::Plan& plan,
                                                                 const std::filesystem::path& state_folder,
                                                                 const std::string& base_folder);

}    // namespace cepheid::runtime
