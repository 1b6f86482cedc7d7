"""`studiod` without a command: where to begin."""

GUIDE = """\
studiod: a headless mixer, played over OSC and MIDI.

  start          studiod run --config mine.toml    (studiod run: the defaults)
  look           studiod watch 'ch/*/fader'        values, and every change
                 studiod meters                    levels
  move a fader   studiod set ch/1/fader -6
  find a path    studiod params --search ratio     (studiod params: the manual)
  this machine   studiod devices
                 studiod check                     is it fit to run unattended
  help           studiod --help
                 studiod set --help"""
