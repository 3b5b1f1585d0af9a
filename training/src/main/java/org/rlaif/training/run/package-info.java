/**
 * A run: the loop's stages, one after the other, each in a folder of its own.
 *
 * <p>A {@link org.rlaif.training.run.Run} knows its settings, its folder and its stages, and where
 * each {@link org.rlaif.training.run.Product} of theirs lies. A {@link
 * org.rlaif.training.run.Stage} does its work in a folder that takes its place under the run's
 * folder when all of it is written, with {@code stage.json} inside: settings' fingerprint, seconds,
 * figures, and the hash of every file. So a stage is whole or absent, a killed run leaves nothing
 * that could be taken for a result, and what has changed since is refused by name. Where training
 * goes on inside a stage {@link org.rlaif.training.checkpoint.Checkpoints} say.
 *
 * <p>{@link org.rlaif.training.run.Pipeline} runs what is missing. A stage's fingerprint covers its
 * settings, the seed and the fingerprint of the stage before it; whether it has finished, with the
 * settings of now and with whole files, {@link org.rlaif.training.run.StageStates} says. A finished
 * stage is skipped, and a changed setting repeats its own stage and those behind it. What is
 * finished is discarded only if that is asked for, and stands aside until the stage has finished
 * again.
 *
 * <p>Stages ask {@link org.rlaif.training.run.Servers} for whatever has to be served. They know the
 * client, never the engine behind it.
 */
@NullMarked
package org.rlaif.training.run;

import org.jspecify.annotations.NullMarked;
