// What makes a real application large: 48 KB of content that doesn't repeat. The demo's version 2 has them, so that its
// update takes several chunks and a transfer that can be watched.
#pragma once

namespace example {

// Adds them up as they stand in flash.
bool pictures_intact();

} // namespace example
