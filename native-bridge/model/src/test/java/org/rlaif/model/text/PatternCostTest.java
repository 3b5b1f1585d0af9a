package org.rlaif.model.text;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatternCostTest {
  /** Patterns of tokenizers that many models have, some of them in part. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+|"
            + " ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
        "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
            + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}"
            + "\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?"
            + "[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "[\\p{Han}&&[^\\u3000]]+",
        "[一-龥぀-ゟ゠-ヿ]+",
        " ?[^(\\s|[.,!?…。，、।۔،])]+",
        "\\p{N}{1,3}(?=(?:\\p{N}{3})*(?!\\p{N}))",
        "(?<=\\d)(?=(\\d{3})+\\b)",
        "[0-9][0-9][0-9]",
        "(?i)'s|'t| {2,}",
        "a{,3}b{x",
        "[]a]+",
        " {1,}",
        "\\s+$",
        ""
      })
  void knownOnesAreQuick(String pattern) {
    assertTrue(PatternCost.bits(pattern) <= PatternCost.MOST_BITS, () -> told(pattern));
  }

  /** Nested, beside each other, in looks around, in options, by other names. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+$",
        "(x+x+)+y",
        "(a|a)*$",
        "(?:a|b|ab)*c",
        "a*a*b",
        ".*?.*?q",
        "(?=(a+)+$)b",
        "(?!(?:a*)*b)c",
        "(?>(a+)+b)",
        "(?:(?=.*b)a)*",
        "(?i)(a+)+$",
        "x(?i:(a+){2,})y",
        "(?<name>a+)+b",
        "(a{1,3})+b",
        "a{1,3}+b",
        "(a{1}?){40}b",
        "(a?){40}a{40}",
        "[^]]+[b]]*(a+)+c",
        "a**b",
        "(?#it is [)(a+)+b",
        "(a)\\1",
        "(?<n>a|b\\g<n>)",
        "(?x)( a + ) + b",
        "(a",
        "a)",
        "[a",
        "\\",
        "(?~b)",
        "(?<n"
      })
  void othersAreFound(String pattern) {
    assertTrue(PatternCost.bits(pattern) > PatternCost.MOST_BITS, () -> told(pattern));
  }

  private static String told(String pattern) {
    return pattern + ": " + PatternCost.bits(pattern) + " bits";
  }
}
