namespace Orleans.Runtime;

/// <summary>Runs once while the silo starts; the silo is ready when it has ended, and does not start when it fails.</summary>
public interface IStartupTask
{
    Task Execute(CancellationToken cancellationToken);
}
