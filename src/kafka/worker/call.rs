//! The calls of a worker into its clients that may block or fail, by the names under which people know them.

use std::fmt;

/// A call into the client that may block or fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Fences an older producer and finishes its transaction.
    InitTransactions,
    /// Opens a transaction; local.
    BeginTransaction,
    /// Queues a record; local.
    Produce,
    /// Waits until every record is acknowledged or has failed.
    AwaitAcks,
    /// Adds the offsets to the transaction.
    SendOffsets,
    /// Commits the transaction.
    CommitTransaction,
    /// Aborts the transaction.
    AbortTransaction,
    /// Commits offsets without a transaction.
    CommitOffsets,
    /// Asks for the group's committed offsets.
    CommittedOffsets,
    /// Asks where partitions begin and end.
    Bounds,
    /// Looks for records that cannot be read.
    Examine,
    /// Asks whether a topic exists.
    Metadata,
    /// Sets the next offset to read.
    Seek,
    /// Takes or gives back partitions.
    Assign,
    /// Waits for the next record or event.
    Poll,
    /// Leaves the group and destroys the clients.
    Close,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Call::InitTransactions => "init_transactions",
            Call::BeginTransaction => "begin_transaction",
            Call::Produce => "produce",
            Call::AwaitAcks => "waiting for acknowledgements",
            Call::SendOffsets => "send_offsets_to_transaction",
            Call::CommitTransaction => "commit_transaction",
            Call::AbortTransaction => "abort_transaction",
            Call::CommitOffsets => "commit of offsets",
            Call::CommittedOffsets => "query of committed offsets",
            Call::Bounds => "query of first and last offsets",
            Call::Examine => "search for unreadable records",
            Call::Metadata => "query of metadata",
            Call::Seek => "seek",
            Call::Assign => "assign",
            Call::Poll => "poll",
            Call::Close => "close",
        })
    }
}
