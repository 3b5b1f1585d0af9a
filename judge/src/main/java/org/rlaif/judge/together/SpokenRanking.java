package org.rlaif.judge.together;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * In which order a text puts the completions that were shown: a chain such as {@code 2 > 1 = 3}, a
 * list, numbered lines, or JSON, from the best to the worst. It has to name each once; orders that
 * contradict each other are none, unless one is called the ranking.
 */
final class SpokenRanking {
  private static final String NOUN =
      "(?i:completion|response|answer|text|output|candidate|option|summary|assistant|reply)";

  private static final String ITEM = "(?:" + NOUN + "\\s*)?\\d{1,2}\\b(?![.,/]\\d)";

  private static final Pattern CHAIN =
      Pattern.compile(
          "(?<![\\w.,/-])" + ITEM + "(?:\\s*(?:>+|\u227b|=+|~|\u2248)\\s*" + ITEM + ")+");

  private static final String CALLED =
      "(?i:(?:(?:final|my|the|overall)\\s+)*(?:ranking|rank|order|answer|verdict|best\\s+to\\s+worst)"
          + "(?:\\s*[(,]?\\s*(?:from\\s+)?best\\s+to\\s+worst\\s*\\)?)?(?:\\s+is)?)\\s*[:=]?\\s*";

  private static final Pattern IS_CALLED = Pattern.compile("\\s*" + CALLED);

  private static final Pattern LIST =
      Pattern.compile(
          "\\s*(?:" + CALLED + ")?(" + ITEM + "(?:\\s*,\\s*(?:and\\s+)?" + ITEM + ")+)[\\s.]*");

  private static final Pattern PLACE =
      Pattern.compile(
          "\\s*(?:(?i:rank|place)\\s*)?(\\d{1,2})(?:st|nd|rd|th)?(?:\\s+(?i:place))?\\s*[.):]\\s*("
              + ITEM
              + ")\\s*+(?:$|[-\u2013\u2014:;,.(].*)");

  private static final Pattern TURNED =
      Pattern.compile("(?i)worst\\s+to\\s+best|worst\\s+first|from\\s+(?:the\\s+)?worst|ascending");

  private SpokenRanking() {}

  /**
   * Reads the ranks of so many completions, as they are shown: the best has 0, and those that are
   * even have the same. Null: the text gives no ranking.
   */
  static @Nullable List<Integer> in(String text, int count) {
    String told = Spoken.afterThought(text).replace("&gt;", ">");
    if (TURNED.matcher(told).find()) {
      return null;
    }
    JsonNode json = Spoken.json(told);
    List<Integer> ranks = json == null ? null : ofJson(json, count);
    if (ranks != null) {
      return ranks;
    }
    String bare = Spoken.bare(told);
    Set<List<Integer>> called = new HashSet<>();
    Set<List<Integer>> found = new HashSet<>();
    for (String line : bare.split("\\R")) {
      boolean isCalled = IS_CALLED.matcher(line).lookingAt();
      for (Matcher chain = CHAIN.matcher(line); chain.find(); ) {
        add(isCalled ? called : found, ofChain(chain.group(), count));
      }
      Matcher list = LIST.matcher(line);
      if (list.matches()) {
        add(isCalled ? called : found, ofChain(list.group(1).replace(',', '>'), count));
      }
    }
    Set<List<Integer>> said = called.isEmpty() ? found : called;
    if (said.isEmpty()) {
      return ofPlaces(bare, count);
    }
    return said.size() == 1 ? said.iterator().next() : null;
  }

  private static void add(Set<List<Integer>> to, @Nullable List<Integer> ranks) {
    if (ranks != null) {
      to.add(ranks);
    }
  }

  private static @Nullable List<Integer> ofChain(String chain, int count) {
    List<List<Integer>> groups = new ArrayList<>();
    for (String group : chain.split("[>\u227b]+")) {
      groups.add(List.of(group.split("[=~\u2248]+")).stream().map(Spoken::number).toList());
    }
    return ranks(groups, count);
  }

  /** Lines that are numbered from 1 on, each with one completion. */
  private static @Nullable List<Integer> ofPlaces(String bare, int count) {
    List<List<Integer>> groups = new ArrayList<>();
    for (String line : bare.split("\\R")) {
      Matcher place = PLACE.matcher(line);
      if (place.matches()) {
        if (Integer.parseInt(place.group(1)) != groups.size() + 1) {
          return null;
        }
        groups.add(List.of(Spoken.number(place.group(2))));
      }
    }
    return ranks(groups, count);
  }

  private static @Nullable List<Integer> ofJson(JsonNode json, int count) {
    if (json.isObject()) {
      JsonNode inner = json.has("ranking") ? json.get("ranking") : json.path("order");
      return inner.isTextual() ? in(inner.textValue(), count) : ofJson(inner, count);
    }
    List<List<Integer>> groups = new ArrayList<>();
    for (JsonNode each : json) {
      List<Integer> group = new ArrayList<>();
      (each.isArray() ? each : List.of(each))
          .forEach(one -> group.add(one.isValueNode() ? Spoken.number(one.asText()) : 0));
      groups.add(group);
    }
    return ranks(groups, count);
  }

  /** Null unless each completion is named once. */
  private static @Nullable List<Integer> ranks(List<List<Integer>> groups, int count) {
    List<Integer> ranks = new ArrayList<>(Collections.nCopies(count, -1));
    int named = 0;
    for (int rank = 0; rank < groups.size(); rank++) {
      for (int number : groups.get(rank)) {
        if (number < 1 || number > count || ranks.get(number - 1) >= 0) {
          return null;
        }
        ranks.set(number - 1, rank);
        named++;
      }
    }
    return named == count ? ranks : null;
  }
}
