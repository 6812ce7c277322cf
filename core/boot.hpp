// The story of a boot: read the state, verify, decide, move, verify, jump. DESIGN.md has the phase table this follows.
//
// Board gives what is specific to a product:
//   layout()                      its constexpr Layout
//   key_block()                   256 bytes, read in place
//   code_flash, external, data_flash
//                                 devices by offsets: bool read(at, MutableBytes), bool erase(at, bytes) of whole erase
//                                 blocks, bool program(at, Bytes) of whole program units
//   external.open(), close()      bool: the chip is awake, idle and the expected one
//   data_flash.before_erase(n)    waits for a stable supply (core/journal.hpp)
//   feed()                        refreshes a running watchdog
//   pause()                       waits a moment (a tenth of a second or so), feeding the watchdog
//   ram_record()                  where to leave the RAM record
//   reset()                       never returns
//   recover(Reason)               the port's hook for a device with nothing to run; may return
//   start(address)                hands over to the vector table there; never returns
#pragma once

#include "core/engine.hpp"
#include "core/ram_record.hpp"

namespace outboot::core {

inline constexpr std::uint8_t trial_attempts = 3;
inline constexpr std::uint8_t looking_limit = 3;
inline constexpr std::uint8_t nothing_valid_limit = 8; // resets in a row before the device only waits
inline constexpr int chip_retries = 3;                 // of a move, with the chip opened anew each time
inline constexpr int turn_round_after = 8;             // rounds with a chip that answers but can't be read

template <class Crypto, class Board>
class Boot {
  public:
    explicit Boot(Board& board)
        : board_(board), keys_(board.key_block()), journal_(layout(), board.data_flash), verifier_(board, keys_, work_),
          engine_(board, work_) {}

    // Never returns: ends in the application, in a reset, or waits.
    void run() {
        board_.feed();
        begin_ram_record();
        if (!keys_.template valid<typename Crypto::Sha256>()) nothing_valid(Reason::no_keys);
        journal_found_ = journal_.load();
        board_.ram_record().journal_lost = journal_found_ ? 0 : 1;
        read_record();
        if (journal_found_ && !journal_.settled()) (void)write(state());
        for (;;) {
            switch (phase()) {
            case Phase::moving:
                moving();
                break;
            case Phase::on_trial:
                on_trial();
                break;
            case Phase::restoring:
                restoring();
                break;
            default:
                idle();
                break;
            }
        }
    }

  private:
    enum class Backup : std::uint8_t { good, bad, silent };

    struct MoveKeys {
        PayloadKey incoming;
        PayloadKey outgoing;
    };

    // ---- phases ----------------------------------------------------------------------------------------------------

    void idle() {
        const Finding& primary = check_primary();
        const bool record_lost = state().phase != Phase::idle;
        if ((primary.broken() || record_lost) && first_failure()) board_.reset();
        if (primary.runnable() && record_lost) forget_update();
        if (!primary.broken()) forget_failure();
        if (state().request != Request::none && consider_request()) return;
        if (primary.runnable()) run_application();
        if (primary.broken() && record_.outgoing.counter >= state().counter_floor && backup() == Backup::good) {
            return restore(all_chunks(), Reason::primary_failed);
        }
        nothing_valid(primary.reason);
    }

    void moving() {
        const PlanInput plan = plan_input(record_.plan);
        const std::uint32_t count = move_count(layout(), plan);
        MoveKeys keys;
        derive_keys(keys);
        for (std::uint32_t n = state().move; n < count; ++n) {
            const Reason trouble = persist(plan, n, keys);
            if (trouble != Reason::none) return give_up(n, trouble);
            advance(n + 1);
        }
        finish_moving();
    }

    void on_trial() {
        if (has(flag_confirmed)) return accept_trial();
        if (state().request != Request::none && !has(flag_backup_lost)) drop_request();
        const Finding& primary = check_primary();
        if (primary.broken() && first_failure()) board_.reset();
        if (!primary.runnable()) {
            if (backup() == Backup::good) return restore(all_chunks(), Reason::primary_failed);
            nothing_valid(primary.reason);
        }
        forget_failure();
        if (state().attempts != 0) {
            State next = state();
            --next.attempts;
            (void)write(next); // if it can't be written the trial runs all the same
            run_application();
        }
        if (state().request != Request::none && consider_request()) return;
        end_trial();
    }

    void restoring() {
        const PlanInput plan = plan_input(Plan::restore);
        MoveKeys keys;
        derive_way_out(keys.outgoing);
        for (std::uint32_t n = state().move; n < state().restore_chunks; ++n) {
            (void)persist(plan, n, keys);
            advance(n + 1);
        }
        finish_restoring();
    }

    // ---- an update begins ------------------------------------------------------------------------------------------

    // Looks at the staged image. True: the state has become `moving`.
    bool consider_request() {
        State next = state();
        if (next.looking >= looking_limit) return refuse(Reason::looking_limit);
        ++next.looking; // a parser that hangs must not hang the device for ever
        next.counter_floor = floor();
        if (!write(next)) return false;
        if (!open_chip()) return note(Reason::chip_missing); // the request stays, the look counts
        check_staged();
        if (staged_.read_failed) return note(Reason::chip_read_failed);
        const Reason refusal = judge_request();
        return refusal != Reason::none ? refuse(refusal) : begin();
    }

    [[nodiscard]] Reason judge_request() const {
        if (!staged_.runnable()) return staged_.reason != Reason::none ? staged_.reason : Reason::bad_signature;
        if (primary_.runnable()) {
            if (layout().plan == Plan::overwrite) {
                return state().request == Request::test ? Reason::test_not_revertible : Reason::none;
            }
            return primary_.facts.total_bytes > layout().secondary.size ? Reason::no_room_for_backup : Reason::none;
        }
        return layout().overwrite_broken_primary ? Reason::none : Reason::primary_failed;
    }

    bool begin() {
        // Only what verified is ever copied out, so without a good primary there is no way back.
        const bool revertible = primary_.runnable() && layout().plan != Plan::overwrite;
        record_ = {};
        record_.fingerprint = layout().fingerprint;
        record_.plan = revertible ? layout().plan : Plan::overwrite;
        record_.request = state().request;
        record_.incoming_encrypted = staged_.encrypted ? 1 : 0;
        record_.outgoing_on_trial = state().phase == Phase::on_trial ? 1 : 0;
        record_.incoming = staged_.facts;
        if (revertible) record_.outgoing = primary_.facts;
        record_.wrapped_key = staged_.wrapped_key;

        State next = state();
        next.phase = Phase::moving;
        next.request = Request::none;
        next.move = 0;
        next.flags = 0;
        next.reason = Reason::none;
        const bool written = journal_.write_record(record_, next) && write(next);
        read_record();
        return written || note(Reason::journal_failed);
    }

    bool refuse(Reason reason) {
        State next = state();
        next.request = Request::none;
        next.looking = 0;
        next.outcome = Outcome::refused;
        next.reason = reason;
        (void)write(next);
        return note(reason);
    }

    // ---- an update goes wrong, or ends -----------------------------------------------------------------------------

    // Before the primary was touched an update is simply given up. Afterwards the engine turns round and restores the
    // chunks that were replaced, and no others: those have no backup and need none.
    void give_up(std::uint32_t move, Reason trouble) {
        if (move >= first_primary_move(record_.plan)) return restore(chunks_touched(record_.plan, move), trouble);
        State next = state();
        const bool on_trial = record_.outgoing_on_trial != 0;
        next.phase = on_trial ? Phase::on_trial : Phase::idle;
        next.flags = on_trial ? flag_backup_lost : 0;
        next.outcome = Outcome::abandoned;
        next.reason = trouble;
        next.move = 0;
        if (trouble == Reason::chip_missing) {
            next.request = record_.request; // tried again, as long as looks are left
        } else {
            next.looking = 0;
        }
        insist(next);
    }

    void restore(std::uint32_t chunks, Reason reason) {
        State next = state();
        next.phase = Phase::restoring;
        next.request = Request::none;
        next.looking = 0;
        next.attempts = 0;
        next.flags = 0;
        next.move = 0;
        next.restore_chunks = static_cast<std::uint16_t>(chunks);
        next.reason = reason;
        insist(next);
    }

    void finish_moving() {
        if (primary_is(record_.incoming)) {
            State next = state();
            const bool trial = record_.request == Request::test;
            next.phase = trial ? Phase::on_trial : Phase::idle;
            next.attempts = trial ? trial_attempts : 0;
            next.outcome = trial ? Outcome::on_trial : Outcome::installed;
            if (!trial) next.counter_floor = std::max(next.counter_floor, record_.incoming.counter);
            return settle_down(next);
        }
        if (record_.plan != Plan::overwrite) return restore(all_chunks(), Reason::primary_changed);
        board_.pause();
        if (!open_chip()) return (void)note(Reason::chip_missing);
        check_staged();
        if (staged_.read_failed) return (void)note(Reason::chip_read_failed);
        if (!same_image(staged_.facts, record_.incoming)) nothing_valid(Reason::primary_changed);
        start_over();
    }

    void finish_restoring() {
        if (primary_is(record_.outgoing)) {
            State next = state();
            next.phase = Phase::idle;
            next.outcome = Outcome::reverted;
            next.restore_chunks = 0;
            return settle_down(next);
        }
        board_.pause();
        switch (backup(state().restore_chunks)) {
        case Backup::good:
            return start_over();
        case Backup::silent:
            return; // looked at again, until the chip answers
        case Backup::bad:
            nothing_valid(Reason::backup_lost);
        }
    }

    void start_over() {
        State next = state();
        next.move = 0;
        insist(next);
    }

    // The primary has just been verified. If the journal can't be written any more it still runs.
    void settle_down(State& next) {
        next.move = 0;
        next.looking = 0;
        next.flags = 0;
        if (!write(next)) run_application();
    }

    void accept_trial() {
        State next = state();
        next.phase = Phase::idle;
        next.flags = 0;
        next.attempts = 0;
        next.counter_floor = std::max(next.counter_floor, record_.incoming.counter);
        next.outcome = Outcome::installed;
        next.reason = Reason::none;
        if (write(next)) return;
        if (check_primary().runnable()) run_application();
        nothing_valid(primary_.reason);
    }

    void drop_request() {
        State next = state();
        next.request = Request::none;
        next.looking = 0;
        next.reason = Reason::request_on_trial;
        (void)write(next);
    }

    void end_trial() {
        const Backup found = has(flag_backup_lost) ? Backup::bad : backup();
        if (found == Backup::good) return restore(all_chunks(), Reason::not_confirmed);
        if (found == Backup::bad && !has(flag_backup_lost)) {
            State next = state();
            next.flags |= flag_backup_lost;
            next.reason = Reason::backup_lost;
            (void)write(next);
        }
        (void)note(found == Backup::bad ? Reason::backup_lost : Reason::chip_missing);
        run_application(); // authentic, and all there is
    }

    // ---- moves -----------------------------------------------------------------------------------------------------

    // Executes move n until it is done. Gives up, with the reason, only where another way is open.
    Reason persist(const PlanInput& plan, std::uint32_t n, const MoveKeys& keys) {
        const Move move = move_at(layout(), plan, n);
        for (int round = 0;; ++round) {
            const Reason trouble = try_move(move, keys);
            if (trouble == Reason::none) return trouble;
            (void)note(trouble);
            const bool answers = open_chip();
            if (plan.plan == Plan::offset || plan.plan == Plan::scratch) {
                if (!answers && n < first_primary_move(plan.plan)) return Reason::chip_missing;
                if (answers && trouble == Reason::chip_write_failed) return trouble;
                if (answers && trouble == Reason::chip_read_failed && round >= turn_round_after &&
                    backup(chunks_touched(plan.plan, n)) == Backup::good) {
                    return trouble;
                }
            }
            board_.pause();
        }
    }

    Reason try_move(const Move& move, const MoveKeys& keys) {
        const bool incoming = move.carries == Carries::incoming;
        Reason trouble = Reason::chip_read_failed;
        for (int i = 0; i < chip_retries; ++i) {
            if (!open_chip()) continue;
            trouble = engine_.execute(move, incoming ? record_.incoming : record_.outgoing,
                                      incoming ? keys.incoming : keys.outgoing);
            if (trouble == Reason::none) break;
            close_chip();
        }
        primary_checked_ = false;
        return trouble;
    }

    void advance(std::uint32_t move) {
        while (!journal_.advance(static_cast<std::uint16_t>(move))) wait_for_journal();
        board_.ram_record().move = static_cast<std::uint16_t>(move);
    }

    [[nodiscard]] PlanInput plan_input(Plan plan) const {
        return {plan, record_.incoming.total_bytes, record_.outgoing.total_bytes, state().restore_chunks, record_.plan};
    }

    [[nodiscard]] std::uint32_t all_chunks() const {
        return chunks_below(layout(), std::max(record_.incoming.total_bytes, record_.outgoing.total_bytes));
    }

    void derive_keys(MoveKeys& keys) {
        derive_way_out(keys.outgoing);
        if (record_.incoming_encrypted == 0) return;
        // It unwrapped when the image was accepted, and the bytes are the same.
        keys.incoming.present =
            keys_.has_device_key() && Crypto::unwrap(keys.incoming.bytes, keys_.device_private(), record_.wrapped_key);
        if (!keys.incoming.present) nothing_valid(Reason::internal_error);
    }

    // Derived, never stored, never taken from outside: what leaves the MCU is encrypted whether the image once came
    // encrypted or not. A device without a key has no secrets to keep.
    void derive_way_out(PayloadKey& key) {
        if (record_.outgoing.total_bytes == 0 || !keys_.has_device_key()) return;
        Crypto::way_out_key(key.bytes, keys_.device_private(), record_.outgoing.hash);
        key.present = true;
    }

    // ---- looking at images -----------------------------------------------------------------------------------------

    const Finding& check_primary() {
        if (primary_checked_) return primary_;
        primary_checked_ = true;
        verifier_.check(Place::primary, state().counter_floor, primary_);
        return primary_;
    }

    void check_staged() { verifier_.check(Place::staged, floor(), staged_); }

    // Nothing below the highest confirmed counter runs; without a journal the confirmed primary says what that is.
    [[nodiscard]] std::uint32_t floor() const {
        const bool confirmed = state().phase == Phase::idle && primary_checked_ && !primary_.broken();
        return confirmed ? std::max(state().counter_floor, primary_.facts.counter) : state().counter_floor;
    }

    // The bytes that were verified before the move, and they verify again where they are.
    bool primary_is(const ImageFacts& expected) {
        return check_primary().runnable() && same_image(primary_.facts, expected);
    }

    static bool same_image(const ImageFacts& a, const ImageFacts& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

    Backup backup() { return backup(all_chunks()); }

    // Is the old image whole? Its top `chunks` stand in the backup, the rest is still in the primary slot.
    Backup backup(std::uint32_t chunks) {
        const ImageFacts& image = record_.outgoing;
        if (!has_record_ || image.total_bytes == 0 || chunks == 0) return Backup::bad;
        if (!open_chip()) return Backup::silent;
        const std::uint32_t border =
            chunk_from_top(layout(), plan_end(layout(), plan_input(Plan::restore)), chunks - 1).offset;
        std::optional<typename Crypto::AesCtr> cipher;
        {
            PayloadKey key;
            derive_way_out(key);
            if (key.present) cipher.emplace(std::span<const std::uint8_t, 16>(key.bytes));
        }
        ImageFacts found = image;
        if (!hash_split(0, image.signed_bytes(), border, cipher, found.hash) ||
            !hash_split(image.signed_bytes(), image.total_bytes, border, cipher, found.tlv_digest)) {
            return Backup::silent;
        }
        return same_image(found, image) ? Backup::good : Backup::bad;
    }

    // Hashes [from, to) of the old image: below `border` from the primary slot, the rest from the backup.
    bool hash_split(std::uint32_t from, std::uint32_t to, std::uint32_t border,
                    std::optional<typename Crypto::AesCtr>& cipher, std::array<std::uint8_t, 32>& digest) {
        typename Crypto::Sha256 sha;
        while (from < to) {
            const bool inside = from < border;
            const std::uint32_t end = inside ? std::min(to, border) : to;
            const auto piece = MutableBytes(work_).first(std::min<std::size_t>(piece_bytes, end - from));
            if (inside) {
                (void)board_.code_flash.read(layout().primary.base + from, piece);
            } else {
                if (!board_.external.read(backup_base(layout(), record_.plan) + from, piece)) return false;
                if (cipher) engine_.transform(*cipher, from, piece, record_.outgoing);
            }
            sha.update(piece);
            from += static_cast<std::uint32_t>(piece.size());
            board_.feed();
        }
        sha.finish(digest);
        return true;
    }

    // ---- the journal -----------------------------------------------------------------------------------------------

    [[nodiscard]] const Layout& layout() const { return board_.layout(); }
    [[nodiscard]] const State& state() const { return journal_.state(); }
    [[nodiscard]] bool has(std::uint8_t flag) const { return (state().flags & flag) != 0; }

    // A move whose begin-record is gone can't be continued: then the device is as good as its primary slot.
    [[nodiscard]] Phase phase() const { return has_record_ ? state().phase : Phase::idle; }

    bool write(const State& next) {
        const bool written = journal_.write(next);
        if (!written) (void)note(Reason::journal_failed);
        show_state();
        return written;
    }

    // For states that something irreversible follows: waits rather than going on without them.
    void insist(const State& next) {
        while (!write(next)) wait_for_journal();
    }

    void wait_for_journal() {
        (void)note(Reason::journal_failed);
        board_.pause();
    }

    void read_record() {
        has_record_ = journal_.read_record(state(), record_) && plausible(record_);
        if (!has_record_) record_ = {};
    }

    // Every field that will be used as a size or a choice is held against the layout.
    [[nodiscard]] bool plausible(const BeginRecord& record) const {
        const bool plan = record.plan == layout().plan || record.plan == Plan::overwrite;
        return plan && plausible(record.incoming) && (record.outgoing.total_bytes == 0 || plausible(record.outgoing));
    }

    [[nodiscard]] bool plausible(const ImageFacts& image) const {
        const std::uint32_t slot = layout().primary.size;
        return image.payload_bytes < slot && image.signed_bytes() < image.total_bytes && image.total_bytes <= slot;
    }

    // What fails once is looked at again after a reset: a passing fault must not cost an image. True: the failure is
    // recorded and the reset is due. A journal that couldn't be read isn't written over here: it may come back.
    bool first_failure() {
        if (has(flag_suspect) || !journal_found_) return false;
        State next = state();
        next.flags |= flag_suspect;
        return write(next);
    }

    // The begin-record of an update is gone for good and the primary is whole: what runs now stays.
    void forget_update() {
        State next = state();
        next.phase = Phase::idle;
        next.flags = 0;
        next.attempts = 0;
        next.record = 0;
        next.reason = Reason::journal_failed;
        (void)write(next);
    }

    void forget_failure() {
        if (!has(flag_suspect)) return;
        State next = state();
        next.flags = static_cast<std::uint8_t>(next.flags & ~flag_suspect);
        (void)write(next);
    }

    // ---- ends of the story -----------------------------------------------------------------------------------------

    void run_application() {
        RamRecord& ram = board_.ram_record();
        show_state();
        ram.running_version_low = static_cast<std::uint32_t>(primary_.version.revision) << 16 |
                                  static_cast<std::uint32_t>(primary_.version.minor) << 8 | primary_.version.major;
        ram.running_version_build = primary_.version.build;
        ram.application_runs = 1;
        ram.nothing_valid_boots = 0;
        close_chip();
        if (!primary_checked_ || !primary_.runnable()) board_.reset();
        if (primary_.broken()) board_.reset(); // asked twice: one skipped branch must not do
        board_.start(layout().code_flash_address + layout().primary.base + layout().header_size);
    }

    // Says why, offers the port's way out, tries again a few times, then only waits.
    void nothing_valid(Reason reason) {
        RamRecord& ram = board_.ram_record();
        if (reason == Reason::none) reason = Reason::internal_error;
        (void)note(reason);
        const bool told = state().outcome == Outcome::nothing_valid && state().reason == reason;
        if (!told && journal_found_) {
            State next = state();
            next.outcome = Outcome::nothing_valid;
            next.reason = reason;
            (void)write(next);
        }
        if (ram.nothing_valid_boots < nothing_valid_limit) ++ram.nothing_valid_boots;
        close_chip();
        board_.recover(reason);
        do {
            for (int i = 0; i < 10; ++i) board_.pause();
        } while (ram.nothing_valid_boots >= nothing_valid_limit);
        board_.reset();
    }

    void begin_ram_record() {
        RamRecord& ram = board_.ram_record();
        const bool survived = ram.magic == RamRecord::expected_magic && ram.version == RamRecord::expected_version;
        const std::uint8_t boots = survived ? ram.nothing_valid_boots : std::uint8_t{0};
        ram = {};
        ram.nothing_valid_boots = boots;
        ram.fingerprint = layout().fingerprint;
    }

    void show_state() {
        RamRecord& ram = board_.ram_record();
        ram.phase = phase();
        ram.request = state().request;
        ram.outcome = state().outcome;
        ram.outcome_reason = state().reason;
        ram.attempts = state().attempts;
        ram.move = state().move;
        ram.counter_floor = state().counter_floor;
    }

    // The RAM record says it at once. Returns false, so that a refusal reads `return note(…)`.
    bool note(Reason reason) {
        board_.ram_record().boot_reason = reason;
        return false;
    }

    bool open_chip() {
        if (!chip_open_) chip_open_ = board_.external.open();
        return chip_open_;
    }

    void close_chip() {
        if (chip_open_) board_.external.close();
        chip_open_ = false;
    }

    Board& board_;
    Keys keys_;
    WorkBuffer work_;
    Journal<typename Crypto::Sha256, decltype(Board::data_flash)> journal_;
    Verifier<Crypto, Board> verifier_;
    Engine<Crypto, Board> engine_;
    BeginRecord record_;
    Finding primary_;
    Finding staged_;
    bool journal_found_ = false;
    bool has_record_ = false;
    bool primary_checked_ = false;
    bool chip_open_ = false;
};

} // namespace outboot::core
