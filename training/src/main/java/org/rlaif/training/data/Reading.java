package org.rlaif.training.data;

import java.util.List;

/**
 * What a row has become.
 *
 * @param lessons none: the row is left out
 * @param notes what there is to be counted, such as why it is left out
 */
record Reading(List<Lesson> lessons, List<String> notes) {
  Reading {
    lessons = List.copyOf(lessons);
    notes = List.copyOf(notes);
  }

  static Reading of(Lesson lesson) {
    return new Reading(List.of(lesson), List.of());
  }

  /** Nothing, and why, in a word that can be a key. */
  static Reading leftOut(String why) {
    return new Reading(List.of(), List.of(why));
  }

  boolean isLeftOut() {
    return lessons.isEmpty();
  }
}
