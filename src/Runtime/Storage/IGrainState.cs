namespace Orleans;

/// <summary>A record on its way between grain and store.</summary>
public interface IGrainState<T>
{
    T? State { get; set; }

    /// <summary>The version: what the writer expects, and after the call what the store has.</summary>
    string? ETag { get; set; }

    bool RecordExists { get; set; }
}
