#pragma once

#include <filesystem>
#include <string>

#include "alerts/dispatcher.hpp"
#include "patterns/plan/plan.hpp"
#include "patterns/source/diagnostics.hpp"

namespace cepheid::runtime {

/// Has the plan alerts, of rows or of metrics, that go to a channel?
[[nodiscard]] bool has_channels(const patterns::Plan& plan);

/// What a plan says of channels and alerts, for a dispatcher that keeps its files in `state_folder`. Rows that
/// `dedupe` holds back never come to it (AlertOperator). `base_folder`: what relative paths of files are relative to.
/// Fails where a setting's value is none of those that there are.
[[nodiscard]] Result<alerts::DispatcherConfig> dispatcher_config(const patterns::Plan& plan,
                                                                 const std::filesystem::path& state_folder,
                                                                 const std::string& base_folder);

/// Reports each channel that cannot work as it is written, at its place in the rule file: what the front end, which
/// does not know the library of channels, could not tell. The plan is to be the one of the diagnostics' file.
void check_channels(const patterns::Plan& plan, const std::string& base_folder, patterns::Diagnostics& diagnostics);

}    // namespace cepheid::runtime
