// One step of a history on one geometry: what happens is done here, what is watched for is checked here, and whoever
// explores or replays is told of each flash operation.
#pragma once

#include <memory>
#include <unordered_set>

#include "explore/geometry.hpp"
#include "explore/history.hpp"
#include "explore/host_board.hpp"
#include "explore/model.hpp"

namespace outboot::explore {

// Something is wrong with the device.
struct Wrong : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Device {
    World world;
    Model model;
    bool running = false;      // the application is, or else the supply is off
    std::uint8_t stagings = 0; // by the application, as far as the geometry counts them
};

// Sees each operation before it is done. May do it, tear it, throw PowerCut.
class Observer {
  public:
    virtual void operate(Device& device, const Operation& operation) = 0;

  protected:
    ~Observer() = default;
};

class Scene {
  public:
    // `whole_journal`: its writes are cut inside, too, whatever the geometry says.
    Scene(const Geometry& geometry, bool whole_journal);

    [[nodiscard]] const Geometry& geometry() const { return geometry_; }
    [[nodiscard]] const Product& product() const { return product_; }
    [[nodiscard]] const std::vector<Image>& images() const { return images_; }
    [[nodiscard]] Bytes backup_of(std::size_t image) const { return backups_[image]; }
    [[nodiscard]] Device factory() const;

    // What can be done to a device in this state.
    [[nodiscard]] std::vector<Step> possible(const Device& device) const;

    // Plays a step to its end, whatever `chooser` chooses. False: it changed nothing that counts. Throws Wrong, and
    // what `observer` throws.
    bool play(Device& device, const Step& step, Chooser& chooser, Observer& observer) const;

    // Interrupts an operation. Of the journal's banks, no more than DESIGN.md assumes become unsteady.
    void interrupt(World& world, const Operation& operation) const;

    // Number of the image that stands in the primary slot, whole, steady and alone; Model::nothing if none does.
    [[nodiscard]] std::uint8_t image_in_primary(const World& world) const;

  private:
    class Watch;

    bool boot(Device& device, Watch& watch) const;
    bool act(Device& device, const Step& step, Watch& watch) const;
    void check_started(Device& device, const core::State& state) const;
    [[nodiscard]] bool backup_is_whole(const World& world, const Image& image) const;

    [[nodiscard]] std::uint32_t unsteady_banks(const Flash& journal) const;

    Geometry geometry_;
    bool whole_journal_;
    Product product_;
    std::vector<Image> images_;
    std::vector<std::vector<std::uint8_t>> backups_; // of each image
    std::vector<std::uint8_t> may_follow_;           // each image, once it is confirmed: bits
    std::unordered_set<std::uint64_t> secrets_;      // any 8 bytes of any payload in clear
};

} // namespace outboot::explore
