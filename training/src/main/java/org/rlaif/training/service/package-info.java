/**
 * Runs that others submit: kept, worked on one after the other, watched, and fetched.
 *
 * <p>{@link org.rlaif.training.service.Runs} is the heart: it knows every run that was submitted
 * ({@link org.rlaif.training.service.Submission}), how far each has come ({@link
 * org.rlaif.training.service.Progression}), and starts a process for each in its turn ({@link
 * org.rlaif.training.service.Worker}). Both records are files in the run's folder, written before
 * they count, so that another server, after whatever end of this one, finds all that there is to
 * know. What a run comes to is read from what its process writes anyway ({@link
 * org.rlaif.training.service.RunEvents}); there is no other channel. {@link
 * org.rlaif.training.service.TrainingService} says all of it in {@code rlaif.v1}.
 */
@NullMarked
package org.rlaif.training.service;

import org.jspecify.annotations.NullMarked;
