#include "app/update_impl.hpp"
#include "crypto/sha256.hpp"

namespace outboot {

template class BasicUpdate<crypto::Sha256>;

} // namespace outboot
