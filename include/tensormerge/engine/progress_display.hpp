#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include <tensormerge/engine/progress.hpp>

namespace tensormerge {

/// `1.67 GB`, in powers of 1000.
inline std::string readable_bytes(double bytes) {
  constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < std::size(units)) {
    bytes /= 1000;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.2f %s", bytes, units[unit]);
  return text;
}

/// The state of a merge in one line: share, bytes, rate and time left. `[=====>    ]` in front for
/// a terminal.
inline std::string progress_line(const progress& state, double seconds, bool with_bar) {
  constexpr int bar_width = 30;
  const double done = static_cast<double>(state.bytes_done.load());
  const double total = static_cast<double>(state.bytes_total.load());
  const double share = total > 0 ? done / total : 0;
  const double rate = seconds > 0 ? done / seconds : 0;
  std::string line;
  if (with_bar) {
    const int filled = std::clamp(static_cast<int>(share * bar_width), 0, bar_width);
    line = "[" + std::string(static_cast<std::size_t>(filled), '=') +
           std::string(static_cast<std::size_t>(bar_width - filled), ' ') + "] ";
  }
  char text[64];
  std::snprintf(text, sizeof text, "%3.0f %%  ", share * 100);
  line += text;
  line += readable_bytes(done) + " of " + readable_bytes(total) + "  " + readable_bytes(rate) + "/s";
  if (rate > 0 && done < total) {
    const auto left = static_cast<std::uint64_t>((total - done) / rate + 0.5);
    std::snprintf(text, sizeof text, "  %llu:%02llu left",
                  static_cast<unsigned long long>(left / 60),
                  static_cast<unsigned long long>(left % 60));
    line += text;
  }
  return line;
}

/// Shows a merge's progress from a thread of its own until it is destroyed: one line that is
/// rewritten on a terminal, else a plain line at every further tenth.
class progress_display {
 public:
  progress_display(const progress& state, std::FILE* stream, bool is_terminal)
      : state_(state),
        stream_(stream),
        is_terminal_(is_terminal),
        thread_([this](std::stop_token stop) { show(stop); }) {}

 private:
  using clock = std::chrono::steady_clock;

  void show(std::stop_token stop) {
    const clock::time_point begin = clock::now();
    const auto period = std::chrono::milliseconds(is_terminal_ ? 100 : 500);
    std::uint64_t tenths_shown = 0;
    std::unique_lock lock(mutex_);
    bool stopping = false;
    while (!stopping) {
      woken_.wait_for(lock, stop, period, [] { return false; });
      stopping = stop.stop_requested();
      const double seconds = std::chrono::duration<double>(clock::now() - begin).count();
      const std::uint64_t total = state_.bytes_total.load();
      const std::uint64_t tenths = total == 0 ? 0 : state_.bytes_done.load() * 10 / total;
      if (is_terminal_) {
        const std::string line = progress_line(state_, seconds, true);
        std::fprintf(stream_, "\r%s\x1b[K%s", line.c_str(), stopping ? "\n" : "");
      } else if (tenths > tenths_shown) {
        std::fprintf(stream_, "%s\n", progress_line(state_, seconds, false).c_str());
        tenths_shown = tenths;
      }
      std::fflush(stream_);
    }
  }

  const progress& state_;
  std::FILE* stream_;
  bool is_terminal_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::jthread thread_;  // last: it uses all others
};

}  // namespace tensormerge
