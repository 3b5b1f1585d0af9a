package org.rlaif.judge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.language.KeptAnswers;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/**
 * A person at the terminal, who sees two completions without knowing whose they are, in an order
 * that a coin decides, and types which is better. Every answer is on disk before the next question
 * is put; who stops goes on there with the same command.
 */
public final class Person implements Judge {
  /**
   * Its settings.
   *
   * @param person who it is, for the labels; null: nobody says
   */
  @JsonTypeName("person")
  public record Config(@Nullable String person) implements JudgeKind {
    @Override
    public Judge open(Rubric rubric, Opening opening) {
      // The encoding of the terminal, not of files.
      var in = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
      var out = new PrintWriter(System.err, /* autoFlush= */ true, Charset.defaultCharset());
      return new Person(person, rubric.preamble(), opening.seed(), opening.answers(), in, out);
    }

    @Override
    public Config decisive() {
      return this;
    }
  }

  private final String name;
  private final String principles;
  private final long seed;
  private final @Nullable KeptAnswers kept;
  private final BufferedReader in;
  private final PrintWriter out;
  private boolean begun;

  Person(
      @Nullable String name,
      String principles,
      long seed,
      @Nullable Path answers,
      BufferedReader in,
      PrintWriter out) {
    this.name = "person" + (name == null ? "" : ":" + name);
    this.principles = principles;
    this.seed = seed;
    this.kept = answers == null ? null : KeptAnswers.open(answers, hash());
    this.in = in;
    this.out = out;
  }

  @Override
  public Answer ask(Question question) {
    Answer known = known(question);
    if (known != null) {
      return known;
    }
    // A coin for each pair: the same for the same pair, so that it does not turn when asked again.
    boolean turned = Noise.draw(seed, question.prompt(), question.first(), question.second()) < 0;
    Double shownFirst = shown(turned ? question.swapped() : question);
    Answer answer =
        shownFirst == null
            ? Answer.none("skipped")
            : new Answer(turned ? 1 - shownFirst : shownFirst, /* hard= */ true, null);
    if (kept != null) {
      kept.keep(asked(question), Json.MAPPER.valueToTree(answer));
    }
    return answer;
  }

  private @Nullable Answer known(Question question) {
    JsonNode known = kept == null ? null : kept.find(asked(question));
    return known == null ? null : Json.MAPPER.convertValue(known, Answer.class);
  }

  private static List<String> asked(Question question) {
    return List.of(question.prompt(), question.first(), question.second());
  }

  /** What the person says of two completions as shown; null: nothing. */
  private @Nullable Double shown(Question question) {
    if (!begun) {
      out.println(principles.strip());
      out.println();
      out.println("1 or 2: that one is better    =: they are even    s: skip    q: stop for now");
      begun = true;
    }
    out.printf(
        "%n%s%n%n--- 1 ---%n%s%n%n--- 2 ---%n%s%n",
        question.prompt().strip(), question.first().strip(), question.second().strip());
    while (true) {
      out.print("1, 2, =, s or q> ");
      out.flush();
      switch (line().strip().toLowerCase(Locale.ROOT)) {
        case "1" -> {
          return 1.0;
        }
        case "2" -> {
          return 0.0;
        }
        case "=" -> {
          return 0.5;
        }
        case "s" -> {
          return null;
        }
        case "q" -> throw new UserError("stopped" + toGoOn());
        default -> out.println("1, 2, =, s or q is expected");
      }
    }
  }

  private String line() {
    try {
      String line = in.readLine();
      if (line == null) {
        throw new UserError("no more answers are typed" + toGoOn());
      }
      return line;
    } catch (IOException e) {
      throw new UserError("the terminal cannot be read: " + e.getMessage() + toGoOn(), e);
    }
  }

  private String toGoOn() {
    return kept == null ? "" : kept.toGoOn();
  }

  @Override
  public int answeredBefore(List<Question> questions) {
    return (int) questions.stream().filter(each -> known(each) != null).count();
  }

  @Override
  public boolean asksInTheTerminal() {
    return true;
  }

  @Override
  public boolean mindsTheOrder() {
    return false; // shown in an order of chance, and once
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String hash() {
    return ConfigFiles.hash(List.of(name, principles));
  }

  @Override
  public void close() {
    if (kept != null) {
      kept.close();
    }
  }
}
