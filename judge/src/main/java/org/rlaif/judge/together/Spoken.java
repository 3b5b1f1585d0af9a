package org.rlaif.judge.together;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;

/** What answers about several completions have in common, however they are written. */
final class Spoken {
  private static final String END_OF_THOUGHT = "</think>";

  /** What one of the completions is called, with its number. */
  static final String LABEL =
      "(?i:completion|response|answer|text|output|candidate|option|summary|assistant|reply)"
          + "\\s*(?:(?i:number|no\\.?)\\s*)?(\\d{1,2})\\b";

  private static final Pattern MARKS =
      Pattern.compile("[*_`\"'\u2018\u2019\u201c\u201d{}<#\\[\\]]");

  private static final Pattern DIGIT = Pattern.compile("\\d");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,2}");

  private Spoken() {}

  /** Without what was thought before. */
  static String afterThought(String text) {
    int thought = text.lastIndexOf(END_OF_THOUGHT);
    return thought < 0 ? text : text.substring(thought + END_OF_THOUGHT.length());
  }

  /** Without marks for the eye; as long as before. */
  static String bare(String text) {
    return MARKS.matcher(text).replaceAll(" ");
  }

  /**
   * The JSON object or list that a text has in it; null: there is none. A list says nothing about
   * what it lists, and may be any: it counts where there is no number beside it.
   */
  static @Nullable JsonNode json(String text) {
    int start = start(text);
    int end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
    if (start < 0 || end < start) {
      return null;
    }
    boolean alone = !DIGIT.matcher(text.substring(0, start) + text.substring(end + 1)).find();
    try {
      JsonNode json = Json.MAPPER.readTree(text.substring(start, end + 1));
      return json.isObject() || alone ? json : null;
    } catch (JsonProcessingException e) {
      return null; // brackets in a sentence
    }
  }

  private static int start(String text) {
    int object = text.indexOf('{');
    int list = text.indexOf('[');
    return object < 0 ? list : list < 0 ? object : Math.min(object, list);
  }

  /** The only number in a text such as {@code completion_2}; 0: it has none, or several. */
  static int number(String text) {
    Matcher matcher = NUMBER.matcher(text);
    if (!matcher.find()) {
      return 0;
    }
    int number = Integer.parseInt(matcher.group());
    return matcher.find() ? 0 : number;
  }
}
