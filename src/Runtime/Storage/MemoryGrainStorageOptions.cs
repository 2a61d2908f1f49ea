namespace Orleans.Configuration;

/// <summary>Options of the store in memory.</summary>
public class MemoryGrainStorageOptions
{
    public const int DEFAULT_INIT_STAGE = 10_000;

    /// <summary>The stage of the silo's lifecycle from which the store can be used.</summary>
    public int InitStage { get; set; } = DEFAULT_INIT_STAGE;
}
