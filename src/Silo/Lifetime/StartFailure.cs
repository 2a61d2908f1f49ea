using System.Net.Sockets;
using Actors.Grains;
using Actors.Log;
using Actors.Membership;
using Actors.Silo.Options;
using Microsoft.AspNetCore.Connections;
using Orleans.Runtime;

namespace Actors.Silo.Lifetime;

/// <summary>Tells what an operator can mend from what is a defect of the program.</summary>
public static class StartFailure
{
    /// <summary>The sentence for a start that failed.</summary>
    /// <returns>Null when the failure is not of a kind that is known; its trace then goes to the log.</returns>
    public static SiloStartException? Explain(Exception failure, SiloConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SiloStartException sentence:
                    return sentence;
                case SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } inUse:
                    return ListenSockets.Refused("Http", configuration.Http.Host, configuration.Http.Port, inUse);
                case AddressInUseException inUse:
                    return ListenSockets.Refused(
                        "Http", configuration.Http.Host, configuration.Http.Port, new SocketException((int)SocketError.AddressAlreadyInUse, inUse.Message));
                case OrleansConfigurationException:
                case JoinRefusedException or ClusterMismatchException or SiloRefusedException or MembershipRowException or MembershipStoreException:
                case StorageReplacedException or StorageFormatException:
                    return new(cause.Message, cause);
                case TooManyOpenFilesException:
                    return new(cause.Message, cause);
                case NoSpaceException:
                case IOException { HResult: NoSpace }:
                    return new($"There is no space left on the disk of {Path.GetFullPath(configuration.Silo.DataDirectory)}. Make room, then start again.", cause);
            }
        }

        return null;
    }

    /// <summary>ENOSPC, as .NET on Linux puts it into HResult.</summary>
    private const int NoSpace = 28;
}
