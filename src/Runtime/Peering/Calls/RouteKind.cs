namespace Actors.Runtime.Peering;

/// <summary>Where a call goes.</summary>
internal enum RouteKind
{
    /// <summary>To a grain in this process.</summary>
    Here,

    /// <summary>To another silo.</summary>
    At,

    /// <summary>Nowhere yet: the view has not settled. The call waits.</summary>
    Wait,

    /// <summary>Nowhere: the silo that it lives on is away.</summary>
    Nowhere,
}
