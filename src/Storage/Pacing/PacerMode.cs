namespace Actors.Storage.Pacing;

/// <summary>What decided how much should be under way.</summary>
public enum PacerMode
{
    /// <summary>Nothing was under way and nothing came back: the configured rate, for the length of the plan.</summary>
    Start,

    /// <summary>The fill target.</summary>
    Fill,

    /// <summary>The delay target times the rate of arrival.</summary>
    Delay,

    /// <summary>The controller is off: the configured rate, whatever the link does.</summary>
    Fixed,
}
