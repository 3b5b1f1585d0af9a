package org.rlaif.judge;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.Resources;
import org.rlaif.kit.UserError;

/**
 * How a question is put to a language model, in the parts of Lee et al. 2023 (arXiv 2309.00267,
 * section 2.1): a preamble with the principles, exemplars if there are any, the prompt, the
 * completions, and an ending after which the next thing to say is the answer.
 *
 * @param <Q> what is asked
 */
public final class JudgePrompt<Q> {
  private static final String PREAMBLE = "preamble";
  private static final String EXEMPLARS = "exemplars";
  private static final String RATIONALE = "rationale";

  private final List<String> names;
  private final Function<Q, List<String>> texts;
  private final String text;
  private final List<String> preambles;
  private final List<Exemplar> exemplars;
  private final Template template;

  /**
   * @param shipped the template that is taken without a {@code file}
   * @param names of the texts of a question, in the template, in their order
   */
  private JudgePrompt(
      String shipped,
      List<String> names,
      Function<Q, List<String>> texts,
      @Nullable String file,
      String preamble,
      List<Exemplar> exemplars,
      boolean reasoned) {
    this.names = names;
    this.texts = texts;
    String whole = file == null ? Resources.text(JudgePrompt.class, shipped) : read(Path.of(file));
    // Without the line break that files end in: the answer follows the last word directly.
    this.text = whole.stripTrailing();
    this.preambles = List.of(preamble.strip());
    this.exemplars = List.copyOf(exemplars);
    this.template = compile(file == null ? "template" : file, reasoned);
  }

  private JudgePrompt(JudgePrompt<Q> other, List<String> preambles) {
    this.names = other.names;
    this.texts = other.texts;
    this.text = other.text;
    this.preambles = preambles.stream().map(String::strip).toList();
    this.exemplars = other.exemplars;
    this.template = other.template;
  }

  /**
   * The same with several preambles, of which each question has one. What it asks about decides
   * which, in whatever order it is shown.
   */
  JudgePrompt<Q> drawing(List<String> preambles) {
    return new JudgePrompt<>(this, preambles);
  }

  /**
   * Which of two completions is better, 1 or 2.
   *
   * @param template a Mustache file; null: the one that is shipped
   * @param preamble the principles, in words
   * @param exemplars shown before the question
   * @param reasoned whether a rationale stands before the answer
   */
  static JudgePrompt<Question> comparing(
      @Nullable String template, String preamble, List<Exemplar> exemplars, boolean reasoned) {
    return ofPair("templates/compare.mustache", template, preamble, exemplars, reasoned);
  }

  /** The same without exemplars and rationale. */
  public static JudgePrompt<Question> comparing(@Nullable String template, String preamble) {
    return comparing(template, preamble, List.of(), /* reasoned= */ false);
  }

  /** Why one of two completions is better; the rationale comes next. */
  static JudgePrompt<Question> thinking(
      @Nullable String template, String preamble, List<Exemplar> exemplars) {
    return ofPair("templates/think.mustache", template, preamble, exemplars, /* reasoned= */ false);
  }

  private static JudgePrompt<Question> ofPair(
      String shipped,
      @Nullable String template,
      String preamble,
      List<Exemplar> exemplars,
      boolean reasoned) {
    return new JudgePrompt<>(
        shipped,
        List.of("prompt", "first", "second"),
        question -> List.of(question.prompt(), question.first(), question.second()),
        template,
        preamble,
        exemplars,
        reasoned);
  }

  /**
   * How good one completion is, from 1 to 10.
   *
   * @param template a Mustache file; null: the one that is shipped
   * @param preamble the principles, in words
   */
  public static JudgePrompt<Rated> rating(@Nullable String template, String preamble) {
    return ofOne("templates/rate.mustache", template, preamble);
  }

  /**
   * What is good and bad about a completion; the critique comes next.
   *
   * @param template a Mustache file; null: the one that is shipped
   * @param preamble the principles, in words
   */
  static JudgePrompt<Rated> critiquing(@Nullable String template, String preamble) {
    return ofOne("templates/critique.mustache", template, preamble);
  }

  /**
   * What is wrong with a completion by a principle; the critique comes next.
   *
   * @param template a Mustache file; null: the one that is shipped
   * @param request what is asked for, which is the template's {@code preamble}
   */
  public static JudgePrompt<Rated> objecting(@Nullable String template, String request) {
    return ofOne("templates/object.mustache", template, request);
  }

  /**
   * How a completion would be better by a principle; the new one comes next.
   *
   * @param template a Mustache file; null: the one that is shipped
   * @param request what is asked for, which is the template's {@code preamble}
   */
  public static JudgePrompt<Criticised> revising(@Nullable String template, String request) {
    return new JudgePrompt<>(
        "templates/revise.mustache",
        List.of("prompt", "completion", "critique"),
        each -> List.of(each.prompt(), each.completion(), each.critique()),
        template,
        request,
        List.of(),
        /* reasoned= */ false);
  }

  private static JudgePrompt<Rated> ofOne(
      String shipped, @Nullable String template, String preamble) {
    return new JudgePrompt<>(
        shipped,
        List.of("prompt", "completion"),
        rated -> List.of(rated.prompt(), rated.completion()),
        template,
        preamble,
        List.of(),
        /* reasoned= */ false);
  }

  private static String read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new UserError(file + ": no such file");
    }
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Refuses a template in which a part is missing. */
  private Template compile(String source, boolean reasoned) {
    List<String> marks = List.of("\u0001", "\u0002", "\u0003").subList(0, names.size());
    try {
      Template compiled = Mustache.compiler().escapeHTML(false).compile(text);
      String sample = compiled.execute(filled(marks, reasoned ? "\u0004" : null));
      UserError.require(
          marks.stream().allMatch(sample::contains),
          source,
          "a part is missing",
          "{{" + String.join("}}, {{", names) + "}} in it");
      UserError.require(
          !reasoned || sample.contains("\u0004"),
          source,
          "a part is missing",
          "{{#rationale}}{{rationale}}{{/rationale}} in it, as rationale.maxTokens is set");
      UserError.require(
          exemplars.isEmpty() || sample.contains(exemplars.get(0).first().strip()),
          source,
          "a part is missing",
          "{{#exemplars}}…{{/exemplars}} in it, as exemplars are set");
      return compiled;
    } catch (MustacheException e) {
      throw new UserError(
          "%s: %s (expected: a Mustache template of preamble, %s)"
              .formatted(source, e.getMessage(), String.join(", ", names)),
          e);
    }
  }

  private Map<String, Object> filled(List<String> values, @Nullable String rationale) {
    Map<String, Object> filled = new LinkedHashMap<>(Map.of(PREAMBLE, preamble(values)));
    for (int i = 0; i < values.size(); i++) {
      filled.put(names.get(i), values.get(i).strip());
    }
    // A section that is false is left out.
    filled.put(RATIONALE, rationale == null ? false : rationale.strip());
    List<Map<String, Object>> shown = new ArrayList<>();
    for (Exemplar each : exemplars) {
      String why = each.rationale();
      shown.add(
          Map.of(
              "prompt",
              each.prompt().strip(),
              "first",
              each.first().strip(),
              "second",
              each.second().strip(),
              "better",
              each.better(),
              RATIONALE,
              why == null ? false : why.strip()));
    }
    filled.put(EXEMPLARS, shown);
    return filled;
  }

  private String preamble(List<String> values) {
    return preambles.get(
        preambles.size() == 1
            ? 0
            : Draw.below(preambles.size(), values.stream().map(String::strip).sorted().toList()));
  }

  /** The text after which the answer comes. Completions lose the white space around them. */
  public String render(Q question) {
    return template.execute(filled(texts.apply(question), null));
  }

  /** The same after this rationale. */
  String render(Q question, String rationale) {
    return template.execute(filled(texts.apply(question), rationale));
  }

  /** What decides how a question is put. */
  public Map<String, String> parts() {
    String told =
        preambles.size() == 1
            ? preambles.get(0)
            : Objects.toString(Json.MAPPER.valueToTree(preambles));
    Map<String, String> parts = new LinkedHashMap<>(Map.of("template", text, PREAMBLE, told));
    if (!exemplars.isEmpty()) {
      parts.put(EXEMPLARS, Objects.toString(Json.MAPPER.valueToTree(exemplars)));
    }
    return parts;
  }
}
