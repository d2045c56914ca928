#pragma once

#include <cstddef>
#include <optional>

namespace cepheid::fraud {

/// Places in degrees, by columns; NaN: no place.
struct Places {
  const double* latitudes;
  const double* longitudes;
  std::size_t size;
};

/// A distance at which a search may stop.
class NearEnough {
 public:
  explicit NearEnough(double km);

 private:
  friend std::optional<double> least_distance_km(const Places& places, double latitude, double longitude,
                                                 NearEnough near_enough);
  double a_;    // see least_distance.cpp
};

/// The way over the earth's surface (a ball of R = 6371 km) from a place to the nearest of many, in km; nothing if
/// there are none. Stops at one that is near enough: the result is then about the way to that one.
///
/// Looks at the last places first. Cost: some 6 ns a place, without trigonometric functions of the library.
[[nodiscard]] std::optional<double> least_distance_km(const Places& places, double latitude, double longitude,
                                                      NearEnough near_enough);

}    // namespace cepheid::fraud
