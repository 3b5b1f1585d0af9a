package org.rlaif.judge.language;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Json;

/**
 * A language model whose answers cost something: each is {@linkplain KeptAnswers kept} before it
 * counts, and what is kept is not asked for again.
 */
public final class KeptModel implements LanguageModel {
  private final LanguageModel model;
  private final KeptAnswers kept;

  private KeptModel(LanguageModel model, KeptAnswers kept) {
    this.model = model;
    this.kept = kept;
  }

  /**
   * Keeps the answers of a model.
   *
   * @param file where; null: nowhere
   */
  public static LanguageModel of(LanguageModel model, @Nullable Path file) {
    return file == null
        ? model
        : new KeptModel(model, KeptAnswers.open(file, ConfigFiles.hash(model.identity())));
  }

  @Override
  public Choice choose(String question, Choices choices) {
    return answer(asked(question, choices), Choice.class, () -> model.choose(question, choices));
  }

  @Override
  public Written write(String question, Writing how) {
    return answer(asked(question, how), Written.class, () -> model.write(question, how));
  }

  private static List<String> asked(String question, Choices choices) {
    return List.of("choose", choices.instruction(), String.join("\n", choices.answers()), question);
  }

  private static List<String> asked(String question, Writing how) {
    return List.of("write", how.toString(), question);
  }

  private <A> A answer(List<String> asked, Class<A> type, Supplier<A> asking) {
    A known = find(asked, type);
    if (known != null) {
      return known;
    }
    A answer = asking.get();
    boolean isFinal = answer instanceof Choice c ? c.isFinal() : ((Written) answer).isFinal();
    if (isFinal) {
      kept.keep(asked, Json.MAPPER.valueToTree(answer));
    }
    return answer;
  }

  private <A> @Nullable A find(List<String> asked, Class<A> type) {
    JsonNode known = kept.find(asked);
    try {
      return known == null ? null : Json.MAPPER.treeToValue(known, type);
    } catch (JsonProcessingException e) {
      return null; // by a version that kept something else: the question is asked again
    }
  }

  @Override
  public boolean knows(Consumer<LanguageModel> asking) {
    try {
      asking.accept(new KeptModel(NOBODY, kept));
      return true;
    } catch (NotKnown e) {
      return false;
    }
  }

  @Override
  public String name() {
    return model.name();
  }

  @Override
  public Object identity() {
    return model.identity();
  }

  @Override
  public int atATime() {
    return model.atATime();
  }

  @Override
  public List<String> remarks() {
    return model.remarks();
  }

  @Override
  public String toGoOn() {
    return kept.toGoOn();
  }

  @Override
  public String toString() {
    return model.toString();
  }

  @Override
  public void close() {
    model.close();
    kept.close();
  }

  /** A question reached the model. */
  private static final class NotKnown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotKnown() {
      super(null, null, false, false);
    }
  }

  /** Nobody to ask: what is kept is all there is. */
  private static final LanguageModel NOBODY =
      new LanguageModel() {
        @Override
        public Choice choose(String question, Choices choices) {
          throw new NotKnown();
        }

        @Override
        public Written write(String question, Writing how) {
          throw new NotKnown();
        }

        @Override
        public String name() {
          return "nobody";
        }

        @Override
        public Object identity() {
          return name();
        }

        @Override
        public int atATime() {
          return 1;
        }

        @Override
        public void close() {}
      };
}
