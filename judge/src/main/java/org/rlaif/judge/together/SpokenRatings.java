package org.rlaif.judge.together;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which ratings a text gives to the completions that were shown, by rules for a line each: a number
 * somewhere in a sentence is no rating, neither is one beside the scale. Two that contradict each
 * other are none.
 */
final class SpokenRatings {
  /** A number, perhaps of so many, or that there is none. */
  private static final String VALUE =
      "(?:(\\d{1,3}(?:\\.\\d+)?)(?:\\s*(?:/|(?i:out\\s+of))\\s*(\\d{1,3}))?"
          + "|((?i:n\\s*/\\s*a|n\\.a\\.|not\\s+applicable)))";

  /** Not "4 or 5", "4-5", "4 faults". */
  private static final String END =
      "(?:\\s+(?i:points?|stars?))?"
          + "(?=\\s*+(?:$|[()|]|[-\u2013\u2014,;:.!]\\s*+(?![\\d.])|(?i:because|as|since|for)\\b))";

  private static final String CALLED = "(?i:rating|score|grade)";

  private static final Pattern RATED =
      Pattern.compile(
          "(?:^|[,;.|]|\\b(?i:and|for|of)(?:\\s+(?i:the))?)\\s*(?:[-\u2022+]\\s*|\\d{1,2}[.)]\\s*)?"
              + Spoken.LABEL
              + "\\s*(?:[:=(\u2013\u2014-]+\\s*(?:"
              + CALLED
              + "\\s*[:=]?\\s*)?|(?i:is\\s+rated|is|gets|receives|deserves|"
              + "rating|score|grade)(?:\\s+an?)?\\s*[:=]?\\s*)"
              + VALUE
              + END);

  /** The completion that the next lines are about. */
  private static final Pattern HEADING =
      Pattern.compile(
          "\\s*(?:[-\u2022+]\\s*|\\d{1,2}[.)]\\s*)?(?:(?i:output|rating|evaluation)\\s+(?i:for|of)\\s+)?"
              + Spoken.LABEL);

  private static final Pattern ITS_RATING =
      Pattern.compile(
          "\\s*(?:[-\u2022+]\\s*)?(?:(?i:final|overall|my|the)\\s+)*"
              + CALLED
              + "\\s*(?:(?i:is)\\s*)?[:=-]?\\s*"
              + VALUE
              + END);

  private static final Pattern NUMBERED =
      Pattern.compile("\\s*(?:[-\u2022+]\\s*)?(\\d{1,2})\\s*[:.)=]\\s*" + VALUE + END);

  private static final Pattern WHOLE = Pattern.compile(VALUE);
  private static final Pattern INTRODUCED = Pattern.compile("^\\s*(?i:(?:ratings|scores)\\s*[:=])");

  private static final Set<String> RATING_KEYS = Set.of("rating", "score", "grade", "value");
  private static final Set<String> LIST_KEYS = Set.of("ratings", "scores", "grades", "completions");

  private final int count;
  private final Aspect aspect;
  private final List<Said> said;
  private final Set<Integer> contradicted = new HashSet<>();

  private SpokenRatings(int count, Aspect aspect) {
    this.count = count;
    this.aspect = aspect;
    this.said = new ArrayList<>(Collections.nCopies(count, Said.NOTHING));
  }

  /** What a text says of each of so many completions, as they are shown. */
  static List<Said> in(String text, int count, Aspect aspect) {
    String told = Spoken.afterThought(text);
    SpokenRatings read = new SpokenRatings(count, aspect);
    JsonNode json = Spoken.json(told);
    if (json != null) {
      read.take(json);
    }
    if (read.isEmpty()) {
      read.takeLines(told);
    }
    if (read.isEmpty()) {
      read.takeList(Spoken.bare(told));
    }
    read.contradicted.forEach(at -> read.said.set(at, Said.NOTHING));
    return List.copyOf(read.said);
  }

  private boolean isEmpty() {
    return said.stream().noneMatch(Said::isAnswer);
  }

  private void put(int number, @Nullable Said value) {
    if (number < 1 || number > count || value == null) {
      return;
    }
    Said before = said.get(number - 1);
    if (before.isAnswer() && !before.equals(value)) {
      contradicted.add(number - 1);
    }
    said.set(number - 1, value);
  }

  private void takeLines(String text) {
    int about = 0;
    for (String line : text.split("\\R")) {
      if (line.strip().startsWith("|")) {
        takeCells(line);
        continue;
      }
      String bare = Spoken.bare(line);
      Matcher heading = HEADING.matcher(bare);
      about = heading.lookingAt() ? Integer.parseInt(heading.group(1)) : about;
      boolean found = false;
      for (Matcher rated = RATED.matcher(bare); rated.find(); found = true) {
        put(Integer.parseInt(rated.group(1)), value(rated, 2));
      }
      Matcher its = ITS_RATING.matcher(bare);
      Matcher numbered = NUMBERED.matcher(bare);
      if (!found && its.lookingAt()) {
        put(about, value(its, 1));
      } else if (!found && numbered.lookingAt()) {
        put(Integer.parseInt(numbered.group(1)), value(numbered, 2));
      }
    }
  }

  /** A row of a table: which completion, and one cell that is a rating. */
  private void takeCells(String row) {
    List<String> cells =
        List.of(Spoken.bare(row).split("\\|")).stream()
            .map(String::strip)
            .filter(each -> !each.isEmpty())
            .toList();
    List<Said> values =
        cells.stream().skip(1).map(this::value).filter(each -> each != null).toList();
    if (values.size() == 1) {
      put(Spoken.number(cells.get(0)), values.get(0));
    }
  }

  /** As many ratings as completions, and nothing else. */
  private void takeList(String bare) {
    String[] values = INTRODUCED.matcher(bare).replaceFirst("").strip().split("[\\s,;]+");
    List<@Nullable Said> read = new ArrayList<>();
    for (String each : values) {
      read.add(value(each.replaceFirst("\\.$", "")));
    }
    if (read.size() == count && !read.contains(null)) {
      for (int i = 0; i < count; i++) {
        put(i + 1, read.get(i));
      }
    }
  }

  private void take(JsonNode json) {
    if (json.isArray()) {
      for (int i = 0; i < json.size(); i++) {
        JsonNode each = json.get(i);
        int number = each.isObject() ? named(each) : 0;
        if (number > 0 || json.size() == count) {
          put(number > 0 ? number : i + 1, value(each));
        }
      }
      return;
    }
    for (Map.Entry<String, JsonNode> each : json.properties()) {
      int number = Spoken.number(each.getKey());
      if (number > 0) {
        put(number, value(each.getValue()));
      } else if (LIST_KEYS.contains(each.getKey()) && each.getValue().isContainerNode()) {
        take(each.getValue());
      }
    }
  }

  /** The number of the completion that an object is about; 0: it does not say. */
  private static int named(JsonNode object) {
    for (Map.Entry<String, JsonNode> each : object.properties()) {
      if (!RATING_KEYS.contains(each.getKey()) && each.getValue().isValueNode()) {
        int number = Spoken.number(each.getValue().asText());
        if (number > 0 && each.getValue().asText().length() <= 20) {
          return number;
        }
      }
    }
    return 0;
  }

  private @Nullable Said value(JsonNode json) {
    if (json.isObject()) {
      return json.properties().stream()
          .filter(each -> RATING_KEYS.contains(each.getKey()))
          .map(each -> value(each.getValue()))
          .findFirst()
          .orElse(null);
    }
    return json.isNumber() || json.isTextual() ? value(json.asText().strip()) : null;
  }

  private @Nullable Said value(String text) {
    Matcher whole = WHOLE.matcher(text);
    return whole.matches() ? value(whole, 1) : null;
  }

  /** On the scale, and of as many as it has; null: beside it. */
  private @Nullable Said value(Matcher matcher, int group) {
    if (matcher.group(group + 2) != null) {
      return aspect.notApplicable() ? Said.NOT_APPLICABLE : null;
    }
    double rating = Double.parseDouble(matcher.group(group));
    String of = matcher.group(group + 1);
    boolean fits =
        rating >= aspect.least()
            && rating <= aspect.most()
            && (of == null || Integer.parseInt(of) == aspect.most());
    return fits ? Said.of(rating) : null;
  }
}
