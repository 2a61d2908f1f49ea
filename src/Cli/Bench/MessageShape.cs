namespace Actors.Cli.Bench;

/// <summary>What is produced.</summary>
/// <param name="Size">Bytes of a message's value.</param>
/// <param name="Batch">Messages in a request.</param>
/// <param name="Acks">0: no answer; 1: the leader has it on disk; -1: every replica in sync has it on disk.</param>
internal sealed record MessageShape(int Size, int Batch, short Acks)
{
    /// <summary>How a user writes -1.</summary>
    public const string AllAcks = "all";

    /// <summary>The acks as a user writes them.</summary>
    public string AcksName => Acks switch { -1 => AllAcks, 0 => "0", _ => "1" };

    /// <summary>Reads 0, 1, all or -1.</summary>
    public static short ParseAcks(string text) => text switch { "0" => 0, "1" => 1, _ => -1 };
}
