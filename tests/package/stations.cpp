#include <cstdio>

#include <station/station.hpp>
#include <station/validate_station.hpp>

#include <tensormerge/config/read_struct.hpp>
#include <tensormerge/document/load_yaml.hpp>

int main() {
  const auto wrong = tensormerge::load_yaml("name: Harbour\nclass: see\n", "station.yml");
  for (const auto& finding : station::validate_station(wrong, "station.yml")) {
    std::puts(to_string(finding).c_str());
  }
  const auto right = tensormerge::load_yaml("name: Harbour\nclass: sea\n", "station.yml");
  const auto read = tensormerge::read_struct<station::station>(right);
  std::printf("%s, %g m\n", read.name.c_str(), read.height_m);
}
