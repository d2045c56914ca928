// The haversine formula gives the distance as 2 R asin(sqrt(a)) with
//
//   a = sin²(Δlat / 2) + cos(lat1) cos(lat2) sin²(Δlon / 2),
//
// which grows with a: the nearest place is the one with the least a, and only for that one the distance itself is
// needed. For coordinates on the globe the angles stay within ±90 degrees, where a polynomial is as good as the
// library's functions, without branches, and computed for several places at once. Coordinates off the globe, which the
// formula takes too, go to the library.
#include "fraud/least_distance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "nfa/expr/time_functions.hpp"

namespace cepheid::fraud {
namespace {

constexpr double kRadians = std::numbers::pi / 180;
constexpr double kEarthRadiusKm = 6371;

// A user is mostly near to where it was last, so the first look is short.
constexpr std::size_t kFirstBlock = 8;
constexpr std::size_t kBlock = 128;

/// sin(x) for |x| <= pi / 2: Taylor's series to x^19, whose next member is below 3e-16 of it.
inline double small_sine(double x) {
  const double y = x * x;
  double sum = -1.0 / 121'645'100'408'832'000.0;
  sum = sum * y + 1.0 / 355'687'428'096'000.0;
  sum = sum * y - 1.0 / 1'307'674'368'000.0;
  sum = sum * y + 1.0 / 6'227'020'800.0;
  sum = sum * y - 1.0 / 39'916'800.0;
  sum = sum * y + 1.0 / 362'880.0;
  sum = sum * y - 1.0 / 5'040.0;
  sum = sum * y + 1.0 / 120.0;
  sum = sum * y - 1.0 / 6.0;
  return x + x * y * sum;
}

bool is_on_globe(double latitude, double longitude) {
  return std::abs(latitude) <= 90 && std::abs(longitude) <= 180;
}

/// `a` of one place by the library's functions.
double exact_a(double latitude, double longitude, double other_latitude, double other_longitude) {
  const double half_lat = std::sin((other_latitude - latitude) * kRadians / 2);
  const double half_lon = std::sin((other_longitude - longitude) * kRadians / 2);
  return half_lat * half_lat +
         std::cos(latitude * kRadians) * std::cos(other_latitude * kRadians) * half_lon * half_lon;
}

/// `a` of each place of a block, which all lie on the globe or are none (NaN).
void globe_block(const double* latitudes, const double* longitudes, std::size_t size, double latitude, double longitude,
                 double cos_latitude, double* a) {
  for (std::size_t i = 0; i < size; ++i) {
    const double half_lat = small_sine((latitudes[i] - latitude) * (kRadians / 2));
    const double way_east = std::abs(longitudes[i] - longitude);
    const double way_west = 360 - way_east;
    const double half_lon = small_sine((way_east < way_west ? way_east : way_west) * (kRadians / 2));
    // cos(lat) as the sine of what is missing to a right angle
    const double cos_other = small_sine((90 - std::abs(latitudes[i])) * kRadians);
    a[i] = half_lat * half_lat + cos_latitude * cos_other * half_lon * half_lon;
  }
}

}    // namespace

NearEnough::NearEnough(double km) {
  const double half_angle = km / (2 * kEarthRadiusKm);
  // A little less than what belongs to the distance, so that rounding stops no search too early. No `a` is above 2.
  a_ = half_angle < std::numbers::pi / 2 ? std::pow(std::sin(half_angle), 2) * (1 - 1e-12) : 2;
}

std::optional<double> least_distance_km(const Places& places, double latitude, double longitude,
                                        NearEnough near_enough) {
  const bool on_globe = is_on_globe(latitude, longitude);
  const double cos_latitude = small_sine((90 - std::abs(latitude)) * kRadians);    // if it is on the globe
  double least = std::numeric_limits<double>::infinity();
  std::size_t nearest = places.size;
  double a[kBlock];
  for (std::size_t end = places.size, block = kFirstBlock; end > 0 && !(least < near_enough.a_); block = kBlock) {
    const std::size_t size = std::min(end, block);
    end -= size;
    const double* latitudes = places.latitudes + end;
    const double* longitudes = places.longitudes + end;
    // no place counts as one on the globe here: its `a` is NaN, too
    std::size_t off_globe = 0;
    for (std::size_t i = 0; i < size; ++i) {
      off_globe += (std::abs(latitudes[i]) > 90) | (std::abs(longitudes[i]) > 180);
    }
    if (on_globe && off_globe == 0) {
      globe_block(latitudes, longitudes, size, latitude, longitude, cos_latitude, a);
    } else {
      for (std::size_t i = 0; i < size; ++i) a[i] = exact_a(latitude, longitude, latitudes[i], longitudes[i]);
    }
    for (std::size_t i = 0; i < size; ++i) {
      if (a[i] < least) {
        least = a[i];
        nearest = end + i;
      }
    }
  }
  if (nearest == places.size) return std::nullopt;
  if (least < near_enough.a_) return 2 * kEarthRadiusKm * std::asin(std::sqrt(std::min(least, 1.0)));
  return nfa::haversine_km(latitude, longitude, places.latitudes[nearest], places.longitudes[nearest]);
}

}    // namespace cepheid::fraud
