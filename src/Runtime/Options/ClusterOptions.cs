namespace Orleans.Configuration;

/// <summary>Which cluster, and which service of it, a silo belongs to.</summary>
public class ClusterOptions
{
    public const string DefaultClusterId = "default";

    public const string DefaultServiceId = "default";

    public string ClusterId { get; set; } = DefaultClusterId;

    public string ServiceId { get; set; } = DefaultServiceId;
}
