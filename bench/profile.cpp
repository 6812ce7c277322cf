#include "bench/profile.hpp"

#include <algorithm>

namespace outboot::bench {

std::vector<Profile::Share> Profile::shares() const {
    constexpr double least = 0.005;
    std::vector<Share> shares;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
        const double share = static_cast<double>(samples_[i]) / static_cast<double>(std::max<std::uint64_t>(all_, 1));
        if (share >= least) shares.push_back({parts()[i].name, share});
    }
    std::stable_sort(shares.begin(), shares.end(), [](auto& a, auto& b) { return a.share > b.share; });
    return shares;
}

} // namespace outboot::bench
