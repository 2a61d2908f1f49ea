namespace Orleans;

/// <summary>The way to grains for code outside of them.</summary>
public interface IClusterClient : IGrainFactory
{
    IServiceProvider ServiceProvider { get; }
}
