using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>The log events of the cluster, 1250 to 1299.</summary>
internal sealed partial class ClusterLog(ILogger logger)
{
    public void Installed(ClusterView view)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            Installed(view.Version, string.Join(", ", view.Members.Where(static member => member.IsLive).Select(static member => $"node {member.NodeId} at {member.Silo} is {member.Status}")));
        }
    }

    [LoggerMessage(1250, LogLevel.Information, "View {Version}: {Members}.")]
    private partial void Installed(long version, string members);

    [LoggerMessage(1251, LogLevel.Critical, "This silo is out of the cluster and runs no more turns: {Reason}")]
    public partial void Expelled(string reason);

    [LoggerMessage(1252, LogLevel.Warning, "The membership table could not be read; members and their grains stay as they are.")]
    public partial void ReadFailed(Exception error);

    [LoggerMessage(1253, LogLevel.Warning, "The membership table could not be told that {Silo} is {Status}; it is tried again.")]
    public partial void WriteFailed(Exception error, SiloAddress silo, SiloStatus status);

    [LoggerMessage(1254, LogLevel.Warning, "This silo's lease could not be renewed in the membership table; its peers renew it.")]
    public partial void RenewFailed(Exception error);

    [LoggerMessage(1255, LogLevel.Warning, "{Hindrance}")]
    public partial void Hindered(string hindrance);

    [LoggerMessage(1256, LogLevel.Warning, "{Grain} moved to another silo and did not end within {Limit}: it is cut off, and what it still does has no effect.")]
    public partial void Poisoned(GrainId grain, TimeSpan limit);

    [LoggerMessage(1259, LogLevel.Warning, "The membership table could not be told to forget silos that are dead for long; it is tried again.")]
    public partial void ForgetFailed(Exception error);

    [LoggerMessage(1258, LogLevel.Error, "What the cluster's rules asked for was not done: {Output}. Please report this; a restart of this silo makes good for it.")]
    public partial void OutputFailed(Exception error, string output);

    [LoggerMessage(1257, LogLevel.Warning, "A probe was not answered: no turn ran for it.")]
    public partial void ProbeFailed(Exception error);
}
