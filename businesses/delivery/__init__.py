"""The protocol by which a mail that is a row is sent once or visibly not at all.

    scheduled → claimed → handed_over → sent | failed | uncertain
    claimed → scheduled | failed | skipped | cancelled | expired | quarantined
    handed_over → scheduled | failed          uncertain → sent | failed

`kinds` says what a kind of mail must bring, `steps` holds one function per arrow, `sweep` walks a mail through them.
"""
