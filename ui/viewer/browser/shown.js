// Shown: the event by which a viewer tells the page that other pictures are there.

const PICTURE_SHOWN = "segcompare-picture-shown";
