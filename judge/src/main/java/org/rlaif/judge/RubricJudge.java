package org.rlaif.judge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import org.rlaif.kit.ConfigFiles;

/**
 * Judges by a rubric that is computed from the text alone.
 *
 * <p>The score of a completion is
 *
 * <ul>
 *   <li><b>coverage</b>: for each facet, the first match in the prompt is the fact; a completion
 *       that repeats it, in whatever case, gets the facet's weight;
 *   <li><b>faithfulness</b>: less a penalty for each different match of a facet in the completion
 *       that stands nowhere in the prompt, and for each match of the distractors;
 *   <li><b>brevity</b>: less a penalty for each word too many, and for not ending as a sentence
 *       does.
 * </ul>
 *
 * <p>A rubric without facets can still say something about any text: coverage is then 4 times the
 * share of the prompt's content words that are repeated, where 8 of them are all; an invention is a
 * content word that the prompt does not have. That measures closeness to the prompt and little
 * else: a starting point, not a judgement.
 *
 * <p>The probability that the first is better is {@code sigmoid((score1 - score2 + noise +
 * positionBias) / temperature)}. Noise is drawn from the seed, the prompt and the pair in its
 * order, so the two orders of a pair have noise of their own and a question asked again gets the
 * same answer.
 */
public final class RubricJudge implements Judge {
  /**
   * Its settings.
   *
   * @param noise see {@link JudgeSettings}, as of the others
   */
  @JsonTypeName("rubric")
  public record Config(double noise, double positionBias, double temperature) implements JudgeKind {
    public Config {
      new JudgeSettings(noise, positionBias, temperature, 0); // refuses what cannot be
    }

    @Override
    public Judge open(Rubric rubric, Opening opening) {
      return new RubricJudge(
          rubric, new JudgeSettings(noise, positionBias, temperature, opening.seed()));
    }

    @Override
    public Config decisive() {
      return this;
    }

    @Override
    public boolean computesAnswers() {
      return true;
    }
  }

  private final Rubric rubric;
  private final JudgeSettings settings;
  private final RubricScore score;

  public RubricJudge(Rubric rubric, JudgeSettings settings) {
    this.rubric = rubric;
    this.settings = settings;
    this.score = new RubricScore(rubric);
  }

  @Override
  public Answer ask(Question question) {
    double difference =
        score(question.prompt(), question.first()) - score(question.prompt(), question.second());
    double noise =
        settings.noise() == 0
            ? 0
            : settings.noise()
                * Noise.draw(
                    settings.seed(), question.prompt(), question.first(), question.second());
    double logit = (difference + noise + settings.positionBias()) / settings.temperature();
    return Answer.of(Logistic.sigmoid(logit));
  }

  /** The score of one completion, without noise; higher is better. */
  public double score(String prompt, String completion) {
    return score.of(prompt, completion);
  }

  @Override
  public String name() {
    return "rubric:" + rubric.name();
  }

  @Override
  public String hash() {
    return ConfigFiles.hash(List.of(rubric, settings));
  }
}
