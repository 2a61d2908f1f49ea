namespace Orleans.Diagnostics;

/// <summary>The names of the sources of spans.</summary>
public static class ActivitySources
{
    /// <summary>One span per grain call.</summary>
    public const string ApplicationGrainActivitySourceName = "Microsoft.Orleans.Application";

    /// <summary>All sources.</summary>
    public const string AllActivitySourceName = "Microsoft.Orleans.*";
}
