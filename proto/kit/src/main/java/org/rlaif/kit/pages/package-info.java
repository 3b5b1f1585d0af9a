/**
 * Pages that need nothing beside themselves: {@link org.rlaif.kit.pages.Pictures} of curves and of
 * rows, drawn in both {@linkplain org.rlaif.kit.pages.Theme themes} for a wide page and for a
 * phone, and {@link org.rlaif.kit.pages.Template}s with one style. The rooms that draw bring XChart
 * and JMustache themselves; the others do without.
 */
@NullMarked
package org.rlaif.kit.pages;

import org.jspecify.annotations.NullMarked;
