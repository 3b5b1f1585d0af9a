/**
 * AI feedback: who says which of two completions is better, how far that can be believed, and what
 * it adds up to.
 *
 * <p>A {@link org.rlaif.judge.Question} is a prompt with two completions in the order in which they
 * are shown; a {@link org.rlaif.judge.Judge} answers it with the probability that the first is the
 * better one. A judge that cannot answer says so; nothing is guessed for it. {@link
 * org.rlaif.judge.JudgeConfig} chooses one; each is a {@link org.rlaif.judge.JudgeKind} with
 * settings of its own: what is computed from the text ({@link org.rlaif.judge.RubricJudge}), a
 * reward model ({@link org.rlaif.judge.RewardModelJudge}), labels that are there ({@link
 * org.rlaif.judge.KnownLabels}), a {@link org.rlaif.judge.Person}, several as one ({@link
 * org.rlaif.judge.Ensemble}), or a language model.
 *
 * <p>How a language model is asked, with exemplars, a rationale first or for a grade, stands in
 * {@link org.rlaif.judge.LanguageModelJudge}, whichever {@link
 * org.rlaif.judge.language.LanguageModel} it is: one that is served here, or one behind an
 * endpoint, whose answers are kept.
 *
 * <p>Judges favour a position, small ones most (Lee et al. 2023, arXiv 2309.00267). So {@link
 * org.rlaif.judge.BothOrders} asks twice and takes the mean, {@link org.rlaif.judge.Labeler} does
 * so for every pair of candidates and writes preferences with where they came from, and {@link
 * org.rlaif.judge.LabelReport} tells how large the bias was and what is left of it. {@link
 * org.rlaif.judge.LabelProof} finds out whether labels are what the judge said.
 *
 * <p>What a language model says of several completions in one question, by aspects or as a ranking,
 * is the business of {@code together}.
 *
 * <p>{@link org.rlaif.judge.WinRate} sums up a comparison of two policies, with an interval and
 * with the effect of length taken out; {@code wins} rates more than two. How far labels can be
 * believed is what {@code report} finds out.
 *
 * <p>No engine is known here. What serves the judging model is an address.
 */
@NullMarked
package org.rlaif.judge;

import org.jspecify.annotations.NullMarked;
