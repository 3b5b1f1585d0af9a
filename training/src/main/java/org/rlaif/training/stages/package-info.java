/**
 * The stages of a run, a class each. {@link org.rlaif.training.stages.Stages} says which a run has:
 *
 * <pre>
 * data ▶ tokenizer ▶ [sft] ▶ ( [candidates ▶ label ▶ [reward]] ▶ policy ) ▶ evaluate ▶ report
 * </pre>
 */
@NullMarked
package org.rlaif.training.stages;

import org.jspecify.annotations.NullMarked;
