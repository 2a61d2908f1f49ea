namespace Actors.Cli.Storage;

/// <summary>A link between two nodes, its budget and who uses it.</summary>
internal sealed record LinkView(
    string Name,
    string First,
    string Second,
    string Profile,
    long CapacityBytesPerSecond,
    long BudgetBytesPerSecond,
    long GrantedBytesPerSecond,
    bool IsUp,
    int? MaxCopies,
    IReadOnlyList<string> Volumes,
    IReadOnlyList<string>? UnseenNodes = null);
