package org.rlaif.judge.together;

import org.jspecify.annotations.Nullable;

/**
 * What a judge says of one completion by one aspect.
 *
 * @param rating null: it gave none
 * @param notApplicable whether it says that there is none to give
 */
record Said(@Nullable Double rating, boolean notApplicable) {
  /** It was not answered. */
  static final Said NOTHING = new Said(null, false);

  static final Said NOT_APPLICABLE = new Said(null, true);

  static Said of(double rating) {
    return new Said(rating, false);
  }

  boolean isAnswer() {
    return rating != null || notApplicable;
  }

  /** Both orders: the mean; no answer where one has none, or they differ in whether it applies. */
  Said and(Said other) {
    if (rating != null && other.rating != null) {
      return of((rating + other.rating) / 2);
    }
    return notApplicable && other.notApplicable ? NOT_APPLICABLE : NOTHING;
  }
}
