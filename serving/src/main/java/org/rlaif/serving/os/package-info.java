/**
 * What is asked of the operating system: threads that make way for others ({@link
 * org.rlaif.serving.os.BackgroundThread}), where the C library takes memory from and when it gives
 * it back, and how much is free. Knows nothing of models.
 */
@NullMarked
package org.rlaif.serving.os;

import org.jspecify.annotations.NullMarked;
