/**
 * The jobs, one class each, in the order of the loop.
 *
 * <ol>
 *   <li>{@link org.rlaif.training.jobs.SftJob}: examples become a policy.
 *   <li>{@link org.rlaif.training.jobs.CandidatesJob}: the served policy writes completions to be
 *       judged.
 *   <li>{@link org.rlaif.training.jobs.RewardJob}: preferences become a reward model.
 *   <li>{@link org.rlaif.training.jobs.PpoJob}: rollout, score, reward, advantage, update, publish.
 *   <li>{@link org.rlaif.training.jobs.EvaluationJob}: is the policy better than where it started?
 * </ol>
 *
 * <p>A job takes its settings, its data and a seed, writes into the folder that it is given, and
 * returns its figures: plain numbers under camel-case names, nested maps where they belong
 * together. Whatever the clock has a part in stands under {@code seconds} and {@code
 * tokensPerSecond}; all other figures are the same for the same seed.
 *
 * <p>Jobs know the client of a server, never the server: the policy that they train lives in
 * LibTorch, the one that writes lives behind gRPC, and what they share are weights and token ids.
 *
 * <p>Every job that trains can train an adapter in the place of all weights; {@code Trained} is
 * where they differ.
 */
@NullMarked
package org.rlaif.training.jobs;

import org.jspecify.annotations.NullMarked;
