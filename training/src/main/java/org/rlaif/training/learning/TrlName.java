package org.rlaif.training.learning;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What TRL calls a figure of the metrics, such as {@code objective/kl}: whoever comes from there
 * finds it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface TrlName {
  String value();
}
