package org.rlaif.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.language.Askers;
import org.rlaif.judge.language.Choice;
import org.rlaif.judge.language.Choices;
import org.rlaif.judge.language.LanguageModel;
import org.rlaif.judge.language.Writing;
import org.rlaif.judge.language.Written;
import org.rlaif.kit.ConfigFiles;

/**
 * Judges by a {@link LanguageModel}: how probable are the answers "1" and "2" to the question which
 * completion is better (Lee et al. 2023, arXiv 2309.00267, section 2.1)? It may write a rationale
 * first, which then stands in the question; of several, the answer is the mean. Completions by
 * themselves are rated by the grades "1" to "10" ({@link Rating}).
 */
public final class LanguageModelJudge implements Judge {
  private final LanguageModel model;
  private final Questions questions;
  private final Askers askers;

  /** The judge closes the model. */
  LanguageModelJudge(LanguageModel model, Questions questions) {
    this.model = model;
    this.questions = questions;
    this.askers = new Askers(model);
  }

  @Override
  public Answer ask(Question question) {
    return answer(model, question);
  }

  private Answer answer(LanguageModel asked, Question question) {
    Reasoning reasoning = questions.reasoning();
    if (!reasoning.isWanted()) {
      return answer(asked.choose(questions.comparing().render(question), Choices.PAIR), null);
    }
    String thinking = questions.thinking().render(question);
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < reasoning.samples(); i++) {
      Written rationale = asked.write(thinking, reasoning.writing(i));
      String text = rationale.text();
      if (text == null) {
        return Answer.none("no rationale: " + rationale.why());
      }
      String concluding = questions.comparing().render(question, text);
      answers.add(answer(asked.choose(concluding, Choices.PAIR), text.strip()));
    }
    return Answer.mean(answers);
  }

  private static Answer answer(Choice choice, @Nullable String rationale) {
    List<Double> probabilities = choice.probabilities();
    return probabilities == null
        ? Answer.none(String.valueOf(choice.why()))
        : new Answer(probabilities.get(0), choice.hard(), rationale);
  }

  private Rating rate(Rated completion) {
    return Rating.of(model.choose(questions.rating().render(completion), Rating.GRADES));
  }

  /** The rationale in it is told beside its hash. */
  @Override
  public String put(Question question) {
    return questions.comparing().render(question);
  }

  @Override
  public List<Answer> askAll(List<Question> questions) {
    return all(questions, this::ask);
  }

  @Override
  public List<Rating> rateAll(List<Rated> completions) {
    return all(completions, this::rate);
  }

  @Override
  public List<Written> critiqueAll(List<Rated> completions) {
    return writeAll(
        completions.stream().map(questions.critiquing()::render).toList(),
        questions.critique().writing());
  }

  @Override
  public List<Written> writeAll(List<String> questions, Writing how) {
    return all(questions, each -> model.write(each, how));
  }

  @Override
  public int writtenBefore(List<String> questions, Writing how) {
    return (int)
        questions.stream().filter(each -> model.knows(known -> known.write(each, how))).count();
  }

  private <Q, A> List<A> all(List<Q> questions, Function<Q, A> asking) {
    return askers.all(questions, asking);
  }

  @Override
  public int answeredBefore(List<Question> questions) {
    return (int)
        questions.stream().filter(each -> model.knows(known -> answer(known, each))).count();
  }

  @Override
  public List<String> remarks() {
    return model.remarks();
  }

  @Override
  public String name() {
    return model.name();
  }

  @Override
  public String hash() {
    return ConfigFiles.hash(Map.of("model", model.identity(), "questions", questions.parts()));
  }

  @Override
  public String toString() {
    return model.toString();
  }

  @Override
  public void close() {
    askers.close();
    model.close();
  }
}
