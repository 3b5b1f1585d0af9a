/**
 * Small language models that are taught to judge, and how well they do by the way in which they are
 * asked: what Lee et al. 2023 (arXiv 2309.00267) and Bai et al. 2022 (arXiv 2212.08073) have found
 * for large ones, on a task whose truth is known.
 */
@NullMarked
package org.rlaif.training.labelers;

import org.jspecify.annotations.NullMarked;
