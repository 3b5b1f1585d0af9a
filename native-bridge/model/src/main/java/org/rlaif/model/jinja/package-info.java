/**
 * The part of Jinja that chat templates are written in, with the meaning that Python gives it.
 *
 * <p>A {@link org.rlaif.model.jinja.Template} is read once: {@code Lexer} cuts it into text and
 * tokens, {@code Statements} and {@code Expressions} turn those into functions of the {@code
 * Variables}. {@code Values} are what Python computes with; {@code Literals} writes them, {@code
 * Comparisons}, {@code Arithmetic} and {@code Lookup} are its operators; {@code Methods}, {@code
 * Filters} and {@code Tests} are what can be called on a value, {@code Globals} what can be called
 * without one. {@code Budget} limits what all of it may cost.
 *
 * <p>It is written here, and not taken from a library, for the sake of {@link
 * org.rlaif.model.jinja.Text}: every letter of the result knows whether the template wrote it or a
 * message brought it along, and whether it stands in a {@code generation} block. Only so can a
 * special token be told from a text that spells one.
 *
 * <p>Values are: {@link org.rlaif.model.jinja.Text}, Boolean, Long, Double, List, Map with Text as
 * keys, functions, and {@code None} or an undefined value.
 */
@NullMarked
package org.rlaif.model.jinja;

import org.jspecify.annotations.NullMarked;
