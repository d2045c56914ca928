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

/// The way over the earth's surface (a ball of R = 6371 km) from a place to the nearest of many, in km; nothing if
/// there are none. Stops at one that lies within `near_enough_km`: the result is then the way to some such place.
///
/// Looks at the last places first. Cost: some 5 ns a place, without trigonometric functions of the library.
[[nodiscard]] std::optional<double> least_distance_km(const Places& places, double latitude, double longitude,
                                                      double near_enough_km);

}    // namespace cepheid::fraud
