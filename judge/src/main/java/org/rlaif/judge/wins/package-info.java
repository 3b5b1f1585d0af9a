/**
 * More than two policies: {@link org.rlaif.judge.wins.Tournament} lets every two of them meet, in
 * both orders, and {@link org.rlaif.judge.wins.BradleyTerry} makes ratings of who has beaten whom.
 * How often one beats another is a {@link org.rlaif.judge.WinRate}, as everywhere.
 */
@NullMarked
package org.rlaif.judge.wins;

import org.jspecify.annotations.NullMarked;
